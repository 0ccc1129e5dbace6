package qlik

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
)

// Numbers of the repository API.
const (
	proxyServiceType      = 1
	engineServiceType     = 3
	running               = 2
	ticketAuthentication  = 0
	sessionsLeftAlone     = 3
	defaultSessionsCookie = "X-Qlik-Session"
)

// virtualProxyFacts are what the repository says about the virtual proxy of a connection.
type virtualProxyFacts struct {
	prefix   string
	proxy    *virtualProxy
	services []proxyService
	statuses []serviceStatus
}

func readFacts(ctx context.Context, from repository, prefix string, as User) (*virtualProxyFacts, error) {
	proxies, err := from.virtualProxies(ctx, prefix, as)
	if err != nil {
		return nil, err
	}
	facts := &virtualProxyFacts{prefix: prefix}
	if len(proxies) > 0 {
		facts.proxy = &proxies[0]
	}
	if facts.services, err = from.proxyServices(ctx, as); err != nil {
		return nil, err
	}
	facts.statuses, err = from.serviceStatuses(ctx, as)
	return facts, err
}

// name is how messages call the virtual proxy.
func (f *virtualProxyFacts) name() string {
	if f.prefix == "" {
		return "the default virtual proxy"
	}
	return fmt.Sprintf("the virtual proxy %q", f.prefix)
}

func (f *virtualProxyFacts) takesTickets() bool {
	return f.proxy != nil && f.proxy.AuthenticationMethod == ticketAuthentication
}

func (f *virtualProxyFacts) cookieName() string {
	if f.proxy == nil {
		return defaultSessionsCookie
	}
	return f.proxy.SessionCookieHeaderName
}

// linked are the proxy services the virtual proxy is linked to, serving those of them that run.
func (f *virtualProxyFacts) linked() (linked, serving []proxyService) {
	for _, service := range f.services {
		if f.proxy == nil || !slices.Contains(service.Settings.VirtualProxies, reference{f.proxy.ID}) {
			continue
		}
		linked = append(linked, service)
		if f.runs(proxyServiceType, service.Node.ID) {
			serving = append(serving, service)
		}
	}
	return linked, serving
}

// runs gives a service without a status the benefit of the doubt: the sign-in will tell.
func (f *virtualProxyFacts) runs(serviceType int, nodeID string) bool {
	at := slices.IndexFunc(f.statuses, func(status serviceStatus) bool {
		return status.ServiceType == serviceType && status.Node.ID == nodeID
	})
	return at < 0 || f.statuses[at].ServiceState == running
}

// problem is what in the configuration speaks against a working sign-in.
func (f *virtualProxyFacts) problem(endpoint string) *Failure {
	failure := func(kind Kind, detail string) *Failure { return &Failure{kind, "api", endpoint, detail} }
	if f.proxy == nil {
		return failure(VirtualProxyMissing, fmt.Sprintf("the site has no virtual proxy with the prefix %q", f.prefix))
	}
	nodes := f.proxy.LoadBalancingServerNodes
	if len(nodes) == 0 {
		return failure(NoEngineNode, f.name()+" has no load balancing node")
	}
	linked, serving := f.linked()
	if len(linked) == 0 {
		return failure(NotLinked, f.name()+" is linked to no proxy service")
	}
	if len(serving) == 0 {
		return failure(ProxyNotRunning, "no proxy service that "+f.name()+" is linked to is running")
	}
	if !slices.ContainsFunc(nodes, func(node reference) bool { return f.runs(engineServiceType, node.ID) }) {
		return failure(NoEngineNode, "no load balancing node of "+f.name()+" has a running engine")
	}
	return nil
}

// version changes with everything a sign-in proof rests on.
func (f *virtualProxyFacts) version() string {
	if f.proxy == nil {
		return ""
	}
	linked, _ := f.linked()
	parts := make([]string, 0, len(linked))
	for _, service := range linked {
		parts = append(parts, fmt.Sprintf("%s:%d", service.Node.HostName, service.Settings.RestListenPort))
	}
	slices.Sort(parts)
	return strings.Join(append([]string{f.proxy.ID, f.proxy.ModifiedDate}, parts...), " ")
}

// isKnownHost reports whether a host that the site names may be sent the client certificate: one the user named, or
// one that shares its domain of at least two labels. Addresses have no domain.
func isKnownHost(learnt string, known ...string) bool {
	for _, host := range known {
		if strings.EqualFold(host, learnt) {
			return true
		}
		domain := domainOf(host)
		if strings.Contains(domain, ".") && domain == domainOf(learnt) {
			return true
		}
	}
	return false
}

func domainOf(host string) string {
	if net.ParseIP(host) != nil {
		return ""
	}
	_, domain, _ := strings.Cut(strings.ToLower(host), ".")
	return domain
}
