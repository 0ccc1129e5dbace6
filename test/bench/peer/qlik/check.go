package qlik

import (
	"context"
	"time"
)

// Report is what a check found.
type Report struct {
	// Outcomes has one entry per check, in order.
	Outcomes []Outcome
	// Version of the site, if it was learnt.
	Version string
	// VirtualProxyVersion changes when what a sign-in proof rests on changes.
	VirtualProxyVersion string
	SignInProved        bool
}

// Check makes all checks of a connection within a time. mayKeep tells whether the last sign-in proof still stands for
// a version of the virtual proxy.
func (c *Connection) Check(ctx context.Context, timeout time.Duration, mayKeep func(version string) bool) *Report {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	s := newSession(c.repository(), timeout)
	defer s.close()
	report := &Report{}
	r := &run{Connection: c, ctx: ctx, repository: repository{s}, timeout: timeout, mayKeep: mayKeep, report: report}
	report.Outcomes = runSteps(s.endpoint.address(), []step{
		{"ServerReachable", "", r.reachable},
		{"Authenticated", "ServerReachable", r.authenticated},
		{"UserExists", "Authenticated", r.userExists},
		{"RootAdmin", "UserExists", r.rootAdmin},
		{"VirtualProxyReady", "UserExists", r.virtualProxyReady},
	})
	return report
}
