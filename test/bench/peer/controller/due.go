package controller

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"qlik-operator/test/bench/peer/api/v1alpha1"
)

// due is why a check is made now; everything but scheduled is made at once.
type due string

const (
	notDue          due = ""
	neverJudged     due = "neverJudged"
	contentsChanged due = "contentsChanged"
	requested       due = "requested"
	scheduled       due = "scheduled"
)

// longestRequest is what status.lastHandledReconcileAt can hold.
const longestRequest = 256

// openRequest is the request that was not acted on yet, if there is one.
func openRequest(server *v1alpha1.QlikServer, s *state) string {
	value := server.Annotations[v1alpha1.RequestedAtAnnotation]
	value = value[:min(len(value), longestRequest)]
	if value == s.handledRequest {
		return ""
	}
	return value
}

func (s *state) dueNow(fingerprint, request string, now time.Time) due {
	switch {
	case s.verdicts == nil:
		return neverJudged
	case s.fingerprint != fingerprint:
		return contentsChanged
	case request != "":
		return requested
	case !s.nextCheck.After(now):
		return scheduled
	}
	return notDue
}

// mayKeepProof reports whether the last sign-in proof still stands; each costs a Qlik session.
func (s *state) mayKeepProof(why due, version string, interval time.Duration, now time.Time) bool {
	return why == scheduled &&
		s.verdicts[v1alpha1.VirtualProxyReady].status == metav1.ConditionTrue &&
		(s.virtualProxyVersion == "" || s.virtualProxyVersion == version) &&
		!s.signInProved.IsZero() && now.Sub(s.signInProved) < interval
}
