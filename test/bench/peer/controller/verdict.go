package controller

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"qlik-operator/test/bench/peer/api/v1alpha1"
	"qlik-operator/test/bench/peer/qlik"
)

// verdict is what a condition says.
type verdict struct {
	status  metav1.ConditionStatus
	reason  string
	message string
}

// verdicts are by condition type.
type verdicts map[string]verdict

// verdictsOf translates a report; a check that was kept has the verdict it had.
func verdictsOf(report *qlik.Report, before verdicts) verdicts {
	found := make(verdicts, len(report.Outcomes))
	for _, outcome := range report.Outcomes {
		found[outcome.Check] = verdictOf(outcome, before[outcome.Check])
	}
	return found
}

func verdictOf(outcome qlik.Outcome, before verdict) verdict {
	switch {
	case outcome.Verdict == qlik.Passed:
		return verdict{metav1.ConditionTrue, outcome.Reason, outcome.Detail}
	case outcome.Verdict == qlik.Failed:
		return verdict{metav1.ConditionFalse, string(outcome.Failure.Kind), messageOf(outcome.Failure)}
	case outcome.Verdict == qlik.Kept && before.status != "" && before.reason != "NotRun":
		return before
	}
	return verdict{metav1.ConditionUnknown, outcome.Reason, outcome.Detail}
}

func notRun(because string) verdict {
	return verdict{metav1.ConditionUnknown, "NotRun", "not run, as " + because}
}

// pass reports whether every check is True.
func (v verdicts) pass() bool {
	for _, check := range v1alpha1.Checks {
		if v[check].status != metav1.ConditionTrue {
			return false
		}
	}
	return true
}
