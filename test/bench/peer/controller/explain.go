package controller

import (
	"time"

	"qlik-operator/test/bench/peer/qlik"
)

// advice is what the person on call does about a failure, as the end of the message.
var advice = map[qlik.Kind]string{
	qlik.DNSNotFound:                  "correct the host in the spec, or the DNS of the cluster",
	qlik.DNSTemporary:                 "look at the DNS of the cluster if this lasts",
	qlik.ConnectionRefused:            "start the Qlik service, or correct the port in the spec",
	qlik.ConnectTimeout:               "let the cluster reach this port; a firewall is the usual cause",
	qlik.ConnectionFailed:             "look for a restarting service, a load balancer or a firewall in between",
	qlik.UnknownCA:                    "add that authority to spec.trust",
	qlik.HostnameMismatch:             "use a name of the certificate, or set tlsServerName of that service",
	qlik.ServerCertificateExpired:     "renew it on the Qlik server",
	qlik.ServerCertificateInvalid:     "renew it on the Qlik server, and check the clocks",
	qlik.NotTLS:                       "correct the port, or allow TLS 1.2 on the server",
	qlik.ResponseTimeout:              "look at the load of the server, or raise spec.checks.timeout",
	qlik.ProxyUnavailable:             "look at the server, and at the load balancer in front of it, if this lasts",
	qlik.ClientCertificateExpired:     "export a new one from the QMC and replace it in the Secret",
	qlik.ClientCertificateNotYetValid: "check the clocks, or use another certificate",
	qlik.ClientCertificateRejected:    "export the client certificate again from the QMC of this site and replace it in the Secret",
	qlik.Forbidden:                    "check the rights of the account that asks",
	qlik.UnexpectedResponse:           "check that host and port lead to the Qlik service itself",
	qlik.UserNotFound:                 "correct userDirectory and serviceAccountUser, or synchronise the user directory",
	qlik.UserInactive:                 "activate the account in the QMC",
	qlik.UserRefused:                  "check the licence and the security rules of the account in the QMC",
	qlik.MissingRole:                  "assign the role RootAdmin in the QMC",
	qlik.ListsFiltered:                "look in the QMC for a security rule that restricts the account",
	qlik.VirtualProxyMissing:          "correct the path of serverUrl, or create the virtual proxy in the QMC",
	qlik.NotLinked:                    "link it to a proxy in the QMC",
	qlik.NoEngineNode:                 "add a load balancing node in the QMC, or start its engine",
	qlik.ProxyNotRunning:              "start the Qlik Sense Proxy Service",
	qlik.ProxyHostUnknown:             "that is not a host of this connection, so nothing is sent there; if it is right, set proxyService.host",
	qlik.TicketFailed:                 "check the virtual proxy in the QMC and the log of the proxy service",
	qlik.TicketRejected:               "let serverUrl lead to the proxy that the virtual proxy is linked to",
	qlik.HostNotAllowed:               "add the host of serverUrl to the host allow list of the virtual proxy",
	qlik.SessionsExhausted:            "wait for sessions to end, or use an account of its own",
	qlik.InternalError:                "the log of the operator has the stack; please report it",
}

// needHuman are failures that waiting will not mend.
var needHuman = map[qlik.Kind]bool{
	qlik.UnknownCA:                    true,
	qlik.HostnameMismatch:             true,
	qlik.ClientCertificateExpired:     true,
	qlik.ClientCertificateNotYetValid: true,
	qlik.ClientCertificateRejected:    true,
}

// messageOf is "host:port (phase): what was seen; what to do".
func messageOf(failure *qlik.Failure) string {
	return failure.Error() + "; " + advice[failure.Kind]
}

// grace is how long a missing object is not yet a fault: a GitOps tool may be about to create it.
const grace = 2 * time.Minute

// needsHumanFrom is when a problem of the configuration needs a human.
func (p *problem) needsHumanFrom() time.Time {
	switch p.reason {
	case "SecretNotFound", "SecretKeyNotFound", "ConfigMapNotFound", "ConfigMapKeyNotFound":
		return p.since.Add(grace)
	}
	return p.since
}
