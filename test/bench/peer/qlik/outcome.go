package qlik

// Verdict is how one check ended.
type Verdict string

// The verdicts; Kept means that the last one still stands, as a proof was not due or not possible.
const (
	Passed Verdict = "passed"
	Failed Verdict = "failed"
	NotRun Verdict = "notRun"
	Kept   Verdict = "kept"
)

// Outcome is the result of one check.
type Outcome struct {
	Check   string
	Verdict Verdict
	// Reason and Detail are set unless it failed.
	Reason  string
	Detail  string
	Failure *Failure
}

func passed(reason, detail string) Outcome {
	return Outcome{Verdict: Passed, Reason: reason, Detail: detail}
}

func failed(failure *Failure) Outcome {
	return Outcome{Verdict: Failed, Failure: failure}
}

// step is one check: what must pass before it, and how it is made.
type step struct {
	check string
	needs string
	run   func() (Outcome, error)
}

// runSteps makes checks in order; one whose need does not pass is not run.
func runSteps(endpoint string, steps []step) []Outcome {
	outcomes := make([]Outcome, 0, len(steps))
	// The check at the root of why another does not pass.
	blockers := make(map[string]string, len(steps))
	for _, each := range steps {
		var outcome Outcome
		if blocker := blockers[each.needs]; blocker != "" {
			outcome = Outcome{Verdict: NotRun, Reason: "NotRun", Detail: "not run, as " + blocker + " does not pass"}
			blockers[each.check] = blocker
		} else {
			var err error
			if outcome, err = each.run(); err != nil {
				outcome = failed(failureOf(err, endpoint))
			}
			if outcome.Verdict != Passed {
				blockers[each.check] = each.check
			}
		}
		outcome.Check = each.check
		outcomes = append(outcomes, outcome)
	}
	return outcomes
}
