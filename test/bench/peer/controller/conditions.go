package controller

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"qlik-operator/test/bench/peer/api/v1alpha1"
)

// said is a condition without its times.
type said struct {
	kind string
	verdict
}

var progressing = verdict{metav1.ConditionUnknown, "Progressing", "this connection is being checked for the first time"}

// summarize is what each condition says now, in the order they are shown; the abnormal ones only while they are True.
func summarize(server *v1alpha1.QlikServer, s *state, now time.Time) []said {
	owned := []said{{v1alpha1.Configured, s.configured()}}
	for _, check := range v1alpha1.Checks {
		owned = append(owned, said{check, s.check(check)})
	}
	owned = append(owned, said{v1alpha1.Connected, s.connectedVerdict(owned)})
	owned = append(owned, said{v1alpha1.CertificateValid, s.certificateValid(now)})
	if server.Spec.Suspend {
		return suspended(server, s, owned)
	}
	ready := s.readiness(server.Spec.Readiness, owned)
	all := append([]said{{v1alpha1.Ready, ready}}, owned...)
	return append(all, s.abnormal(ready, now)...)
}

func (s *state) configured() verdict {
	if s.problem == nil {
		return verdict{metav1.ConditionTrue, "ConfigurationValid", "the configuration is complete"}
	}
	return verdict{metav1.ConditionFalse, s.problem.reason, s.problem.message}
}

func (s *state) check(name string) verdict {
	if found, judged := s.verdicts[name]; judged {
		return found
	}
	if s.problem != nil {
		return notRun("Configured is not True")
	}
	return notRun("the connection has not been checked yet")
}

func (s *state) connectedVerdict(owned []said) verdict {
	if s.problem == nil && s.verdicts == nil {
		return progressing
	}
	if !s.connected {
		return explained(owned)
	}
	for _, each := range owned[1:] {
		if each.status != metav1.ConditionTrue {
			return verdict{metav1.ConditionTrue, "ChecksPassed", "every check passed until " + each.kind + " began to fail; it is tried again"}
		}
	}
	return verdict{metav1.ConditionTrue, "ChecksPassed", "every check passes"}
}

// explained is False with the reason of the first condition that is not True.
func explained(owned []said) verdict {
	for _, each := range owned {
		if each.status != metav1.ConditionTrue {
			return verdict{metav1.ConditionFalse, each.reason, each.kind + ": " + each.message}
		}
	}
	return verdict{metav1.ConditionFalse, "ChecksPassed", "every check passes"}
}

func (s *state) certificateValid(now time.Time) verdict {
	switch {
	case s.problem != nil:
		return notRun("Configured is not True")
	case s.certificate == nil:
		return notRun("the client certificate has not been read yet")
	case now.After(s.notAfter):
		return verdict{metav1.ConditionFalse, "ClientCertificateExpired", "the client certificate expired on " + s.notAfter.UTC().Format(time.DateOnly)}
	case now.Before(s.notBefore):
		return verdict{metav1.ConditionFalse, "ClientCertificateNotYetValid", "the client certificate is valid from " + s.notBefore.UTC().Format(time.DateOnly) + " on"}
	}
	return verdict{metav1.ConditionTrue, "CertificateValid", "the client certificate is valid until " + s.notAfter.UTC().Format(time.DateOnly)}
}

// readiness means what spec.readiness says.
func (s *state) readiness(means v1alpha1.Readiness, owned []said) verdict {
	summary := verdictIn(owned, v1alpha1.Connected)
	if means != v1alpha1.ReadinessConfigured || s.problem != nil || summary.status == metav1.ConditionUnknown {
		return summary
	}
	if s.needsHuman {
		return explained(owned)
	}
	return verdict{metav1.ConditionTrue, "ConfigurationValid",
		"the configuration is complete, and no check needs a human; Connected tells about the server itself"}
}

// abnormal says what happens next while not Ready; never both.
func (s *state) abnormal(ready verdict, now time.Time) []said {
	stalled := s.needsHuman
	if s.problem != nil {
		stalled = !now.Before(s.problem.needsHumanFrom())
	}
	switch {
	case ready.status == metav1.ConditionTrue:
		return nil
	case stalled:
		return []said{{v1alpha1.Stalled, verdict{metav1.ConditionTrue, ready.reason, ready.message}}}
	case s.everConnected:
		return []said{{v1alpha1.Reconciling, verdict{metav1.ConditionTrue, "ProgressingWithRetry", "the connection worked before and is tried again"}}}
	}
	return []said{{v1alpha1.Reconciling, verdict{metav1.ConditionTrue, "Progressing", "this connection has not worked yet and is tried again"}}}
}

// suspended keeps the conditions as they are; a connection that was never judged is not vouched for.
func suspended(server *v1alpha1.QlikServer, s *state, owned []said) []said {
	unjudged := progressing
	unjudged.message = "not checked, as spec.suspend is true"
	all := append([]said{{v1alpha1.Ready, unjudged}}, owned...)
	if s.verdicts != nil || s.problem != nil {
		for _, condition := range server.Status.Conditions {
			for at := range all {
				if all[at].kind == condition.Type {
					all[at].verdict = verdict{condition.Status, condition.Reason, condition.Message}
				}
			}
		}
	}
	return append(all, said{v1alpha1.Suspended, verdict{metav1.ConditionTrue, "Suspended", "spec.suspend is true"}})
}

func verdictIn(all []said, kind string) verdict {
	for _, each := range all {
		if each.kind == kind {
			return each.verdict
		}
	}
	return verdict{}
}
