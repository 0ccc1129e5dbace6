// Package qlik checks a Qlik Sense Enterprise on Windows site. It knows nothing of Kubernetes.
package qlik

import (
	"errors"
	"fmt"
)

// Kind is what is wrong, one word of docs/reasons.md.
type Kind string

// Everything that can be wrong with a site.
const (
	DNSNotFound                  Kind = "DnsNotFound"
	DNSTemporary                 Kind = "DnsTemporary"
	ConnectionRefused            Kind = "ConnectionRefused"
	ConnectTimeout               Kind = "ConnectTimeout"
	ConnectionFailed             Kind = "ConnectionFailed"
	UnknownCA                    Kind = "UnknownCA"
	HostnameMismatch             Kind = "HostnameMismatch"
	ServerCertificateExpired     Kind = "ServerCertificateExpired"
	ServerCertificateInvalid     Kind = "ServerCertificateInvalid"
	NotTLS                       Kind = "NotTls"
	ResponseTimeout              Kind = "ResponseTimeout"
	ProxyUnavailable             Kind = "ProxyUnavailable"
	ClientCertificateExpired     Kind = "ClientCertificateExpired"
	ClientCertificateNotYetValid Kind = "ClientCertificateNotYetValid"
	ClientCertificateRejected    Kind = "ClientCertificateRejected"
	Forbidden                    Kind = "Forbidden"
	UnexpectedResponse           Kind = "UnexpectedResponse"
	UserNotFound                 Kind = "UserNotFound"
	UserInactive                 Kind = "UserInactive"
	UserRefused                  Kind = "UserRefused"
	MissingRole                  Kind = "MissingRole"
	ListsFiltered                Kind = "ListsFiltered"
	VirtualProxyMissing          Kind = "VirtualProxyMissing"
	NotLinked                    Kind = "NotLinked"
	NoEngineNode                 Kind = "NoEngineNode"
	ProxyNotRunning              Kind = "ProxyNotRunning"
	ProxyHostUnknown             Kind = "ProxyHostUnknown"
	TicketFailed                 Kind = "TicketFailed"
	TicketRejected               Kind = "TicketRejected"
	HostNotAllowed               Kind = "HostNotAllowed"
	SessionsExhausted            Kind = "SessionsExhausted"
	InternalError                Kind = "InternalError"
)

// Failure is an error with a place. Its text is stable from one check to the next and never holds what was sent, as
// paths hold tickets.
type Failure struct {
	Kind     Kind
	Phase    string
	Endpoint string
	Detail   string
}

func (f *Failure) Error() string {
	return fmt.Sprintf("%s (%s): %s", f.Endpoint, f.Phase, f.Detail)
}

// failureOf makes an error of our own a failure like any other.
func failureOf(err error, endpoint string) *Failure {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	return &Failure{InternalError, "api", endpoint, "the operator itself failed while checking"}
}
