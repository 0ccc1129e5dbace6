package qlik

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// virtualProxyReady: configuration evidence explains a failure, and a sign-in that succeeds beats it.
func (r *run) virtualProxyReady() (Outcome, error) {
	facts, err := readFacts(r.ctx, r.repository, r.Prefix, r.Admin)
	if err != nil {
		return Outcome{}, err
	}
	r.report.VirtualProxyVersion = facts.version()
	problem := facts.problem(r.repository.session.endpoint.address())
	if !r.ProveSignIn || (facts.proxy != nil && !facts.takesTickets()) {
		if problem != nil {
			return failed(problem), nil
		}
		return notProven(facts), nil
	}
	if problem == nil && r.mayKeep(facts.version()) {
		return Outcome{Verdict: Kept, Reason: "NotRun", Detail: "the sign-in was proved before and nothing has changed since"}, nil
	}
	outcome, err := r.proveSignIn(facts)
	failure, isFailure := errors.AsType[*Failure](err)
	switch {
	case err == nil:
		r.report.SignInProved = true
	case problem != nil:
		return failed(problem), nil
	case isFailure && failure.Kind == SessionsExhausted:
		return Outcome{Verdict: Kept, Reason: string(SessionsExhausted), Detail: failure.Error()}, nil
	}
	return outcome, err
}

func notProven(facts *virtualProxyFacts) Outcome {
	why := "its authentication method takes no tickets"
	if facts.takesTickets() {
		why = "virtualProxyCheck is Configuration"
	}
	return passed("LinkedNotProven", facts.name()+" is linked to a running proxy; a sign-in was not tried, as "+why)
}

// proveSignIn tries one node after the other: a ticket is known only to the node that issued it, and serverUrl may
// lead to another.
func (r *run) proveSignIn(facts *virtualProxyFacts) (Outcome, error) {
	targets, err := r.signInTargets(facts)
	if err != nil {
		return Outcome{}, err
	}
	var last error
	for _, target := range targets {
		if last = r.proveOn(target, facts); last == nil {
			reason := "SignInProven"
			if linked, _ := facts.linked(); len(linked) > 1 {
				reason = "NotAllNodesProven"
			}
			return passed(reason, "the service account signs in through "+facts.name()), nil
		}
	}
	return Outcome{}, last
}

func (r *run) signInTargets(facts *virtualProxyFacts) ([]endpoint, error) {
	_, serving := facts.linked()
	if host := r.ProxyService.Host; host != "" {
		port := 0
		if len(serving) > 0 {
			port = serving[0].Settings.RestListenPort
		}
		return []endpoint{r.proxyService(host, port)}, nil
	}
	if len(serving) == 0 {
		return []endpoint{r.proxyService(r.browser().host, 0)}, nil
	}
	var targets []endpoint
	names := make([]string, 0, len(serving))
	for _, service := range serving {
		host := service.Node.HostName
		names = append(names, fmt.Sprintf("%q", host))
		if isKnownHost(host, r.browser().host, r.repository.session.endpoint.host) {
			targets = append(targets, r.proxyService(host, service.Settings.RestListenPort))
		}
	}
	if len(targets) == 0 {
		slices.Sort(names)
		return nil, r.repository.session.failure(ProxyHostUnknown, "the site names its proxy "+strings.Join(names, ", "))
	}
	return targets, nil
}

func (r *run) proveOn(target endpoint, facts *virtualProxyFacts) error {
	s := newSession(target, r.timeout)
	defer s.close()
	api := proxyAPI{s, facts.prefix}
	open, err := api.sessionCount(r.ctx, r.ServiceAccount)
	if err != nil {
		return err
	}
	if open >= sessionsLeftAlone {
		return s.failure(SessionsExhausted, fmt.Sprintf("the service account has %d or more sessions", sessionsLeftAlone))
	}
	ticket, err := api.ticket(r.ctx, r.ServiceAccount)
	if err != nil {
		return err
	}
	browser := browserSignIn{r.browser(), r.basePath(), r.timeout}
	return browser.prove(r.ctx, r.ServiceAccount, ticket, facts.cookieName())
}
