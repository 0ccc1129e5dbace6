package qlik

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// details say what was seen, in words that do not change from one attempt to the next.
var details = map[Kind]string{
	DNSNotFound:               "the host name does not exist",
	DNSTemporary:              "the name server gives no answer",
	ConnectionRefused:         "nothing listens on this port",
	ConnectTimeout:            "no answer to the attempt to connect",
	ConnectionFailed:          "the server cuts the connection before it answers",
	UnknownCA:                 "its certificate is issued by an authority which is not trusted",
	HostnameMismatch:          "its certificate is for another name",
	ServerCertificateExpired:  "its certificate has expired",
	ServerCertificateInvalid:  "its certificate is not valid",
	NotTLS:                    "the server does not speak TLS 1.2 or newer on this port",
	ResponseTimeout:           "no answer to the request in time",
	ClientCertificateRejected: "the client certificate is not accepted",
}

// classify says what an error of DNS, TCP, TLS or HTTP means, and in which phase it arose.
func classify(err error, mayRejectCertificate bool) (Kind, string) {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return DNSNotFound, "dns"
		}
		return DNSTemporary, "dns"
	}
	if kind, ok := classifyCertificate(err); ok {
		return kind, "tls"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return ConnectionRefused, "tcp"
	}
	if kind, phase, ok := classifyTimeout(err); ok {
		return kind, phase
	}
	if mayRejectCertificate && isCut(err) {
		return ClientCertificateRejected, "http"
	}
	return ConnectionFailed, "http"
}

func classifyCertificate(err error) (Kind, bool) {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return UnknownCA, true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return HostnameMismatch, true
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return ServerCertificateExpired, true
		}
		return ServerCertificateInvalid, true
	}
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	return NotTLS, notTLS
}

func classifyTimeout(err error) (Kind, string, bool) {
	timeout, ok := errors.AsType[net.Error](err)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || !ok || !timeout.Timeout() {
		return ResponseTimeout, "http", errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	}
	if operation, ok := errors.AsType[*net.OpError](err); ok && operation.Op == "dial" {
		return ConnectTimeout, "tcp", true
	}
	return ConnectTimeout, "tls", true
}

// isCut reports an alert or a connection that ends: Qlik checks the certificate in application code and then hangs up.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		strings.Contains(err.Error(), "remote error: tls:")
}
