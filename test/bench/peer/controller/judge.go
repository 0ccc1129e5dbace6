package controller

import (
	"time"

	"qlik-operator/test/bench/peer/api/v1alpha1"
	"qlik-operator/test/bench/peer/material"
	"qlik-operator/test/bench/peer/qlik"
)

const productName = "Qlik Sense Enterprise on Windows"

// observe takes in a finished check: the run of failures, the debounced summary, whether a human is needed, what next.
func (s *state) observe(report *qlik.Report, spec *v1alpha1.QlikServerSpec, with *material.Material, started, ended time.Time) {
	wasJudged := s.verdicts != nil
	s.lastCheck, s.duration = started, ended.Sub(started)
	s.fingerprint = with.Fingerprint
	s.verdicts = verdictsOf(report, s.verdicts)
	if report.Version != "" {
		s.product = &v1alpha1.Product{Name: productName, Version: report.Version}
	}
	if report.VirtualProxyVersion != "" {
		s.virtualProxyVersion = report.VirtualProxyVersion
	}
	if report.SignInProved {
		s.signInProved = started
	}
	if s.verdicts.pass() {
		s.passed(spec, ended)
	} else {
		s.failed(report, spec, ended, wasJudged)
	}
}

func (s *state) passed(spec *v1alpha1.QlikServerSpec, ended time.Time) {
	s.failures, s.humanFailures, s.failingSince = 0, 0, time.Time{}
	s.connected, s.everConnected, s.needsHuman = true, true, false
	s.nextCheck = nextInstant(s.uid, spec.Checks.Interval.Duration, ended.Add(time.Millisecond))
}

func (s *state) failed(report *qlik.Report, spec *v1alpha1.QlikServerSpec, ended time.Time, wasJudged bool) {
	s.failures++
	if s.failingSince.IsZero() {
		s.failingSince = s.lastCheck
	}
	if needsHuman(report) {
		s.humanFailures++
	} else {
		s.humanFailures = 0
	}
	// What never worked needs no second opinion.
	enough := 1
	if s.everConnected {
		enough = 2
	}
	s.needsHuman = s.humanFailures >= enough
	if !wasJudged || s.needsHuman || s.failures >= spec.Checks.FailureThreshold {
		s.connected = false
	}
	s.nextCheck = s.retryAt(spec, ended)
}

// retryAt looks in the normal rhythm at what a human must mend, and soon at the rest.
func (s *state) retryAt(spec *v1alpha1.QlikServerSpec, ended time.Time) time.Time {
	if s.needsHuman {
		return nextInstant(s.uid, spec.Checks.Interval.Duration, ended.Add(time.Millisecond))
	}
	doublings := min(s.failures-1, 16)
	if s.humanFailures > 0 {
		doublings = 0
	}
	first := spec.Checks.RetryInterval.Duration
	longest := max(first, spec.Checks.Interval.Duration)
	return ended.Add(jittered(min(longest, first<<doublings)))
}

func needsHuman(report *qlik.Report) bool {
	for _, outcome := range report.Outcomes {
		if outcome.Failure != nil {
			return needHuman[outcome.Failure.Kind]
		}
	}
	return false
}

// misconfigured takes in that there is no material; the same problem keeps the time it was first seen.
func (s *state) misconfigured(found *material.Problem, now time.Time) {
	since := now
	if s.problem != nil && s.problem.reason == found.Reason {
		since = s.problem.since
	}
	s.problem = &problem{found.Reason, found.Message, since}
	s.connected, s.verdicts = false, nil
}
