package controller

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"qlik-operator/test/bench/peer/api/v1alpha1"
)

// state is what is known of one QlikServer between two reconciles.
type state struct {
	uid types.UID
	// fields of the connection that was judged; unknown after a restart.
	fields      string
	fingerprint string
	// verdicts on this connection; nil until it was judged.
	verdicts verdicts
	problem  *problem
	// failures in a row, and those among them at the end that need a human.
	failures, humanFailures int
	failingSince            time.Time
	// connected is the debounced summary, needsHuman is confirmed.
	connected, everConnected, needsHuman bool
	// toldConnected is everConnected as of the last write: whether the next connection is the first or a recovery.
	toldConnected bool
	lastCheck     time.Time
	duration      time.Duration
	nextCheck     time.Time
	// turn is when a check outside the rhythm may start; zero if none waits.
	turn                time.Time
	signInProved        time.Time
	virtualProxyVersion string
	handledRequest      string
	product             *v1alpha1.Product
	certificate         *v1alpha1.Certificate
	notBefore, notAfter time.Time
}

// problem is something wrong with the configuration, and since when.
type problem struct {
	reason, message string
	since           time.Time
}

// states are by server. Only the map is guarded: no key is reconciled twice at a time.
type states struct {
	mutex sync.Mutex
	known map[types.NamespacedName]*state
}

func newStates() *states {
	return &states{known: map[types.NamespacedName]*state{}}
}

func (s *states) of(server *v1alpha1.QlikServer, now time.Time) *state {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key := keyOf(server)
	known := s.known[key]
	if known == nil || known.uid != server.UID {
		known = restored(server, now)
		s.known[key] = known
	}
	return known
}

func (s *states) forget(key types.NamespacedName) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.known, key)
}

// restored is the state of a server this process meets for the first time, from what its status says.
func restored(server *v1alpha1.QlikServer, now time.Time) *state {
	status, checks := &server.Status, &server.Spec.Checks
	conditions := status.Conditions
	stalled := meta.IsStatusConditionTrue(conditions, v1alpha1.Stalled)
	reconciling := meta.FindStatusCondition(conditions, v1alpha1.Reconciling)
	s := &state{
		uid:            server.UID,
		verdicts:       restoredVerdicts(conditions),
		problem:        restoredProblem(conditions),
		connected:      meta.IsStatusConditionTrue(conditions, v1alpha1.Connected),
		needsHuman:     stalled && meta.IsStatusConditionTrue(conditions, v1alpha1.Configured),
		handledRequest: status.LastHandledReconcileAt,
		product:        status.Product,
	}
	s.everConnected = s.connected || (reconciling != nil && reconciling.Reason == "ProgressingWithRetry")
	s.toldConnected = s.everConnected
	if stalled {
		s.humanFailures = 2
	}
	rhythm := checks.Interval.Duration
	if figures := status.Checks; figures != nil {
		s.fingerprint = figures.ConnectionFingerprint
		s.lastCheck, s.signInProved, s.failingSince = timeOf(figures.LastTime), timeOf(figures.SignInProvedTime), timeOf(figures.FailingSince)
		if figures.Duration != nil {
			s.duration = figures.Duration.Duration
		}
	}
	if !s.failingSince.IsZero() {
		// One failure less than the threshold at most: after a restart one more failure decides.
		elapsed := max(0, now.Sub(s.failingSince))
		s.failures = min(checks.FailureThreshold-1, 1+int(elapsed/checks.RetryInterval.Duration))
		if !stalled {
			rhythm = checks.RetryInterval.Duration
		}
	}
	s.nextCheck = nextInstant(s.uid, rhythm, now)
	return s
}

func restoredVerdicts(conditions []metav1.Condition) verdicts {
	found, judged := verdicts{}, false
	for _, check := range v1alpha1.Checks {
		condition := meta.FindStatusCondition(conditions, check)
		if condition == nil {
			return nil
		}
		found[check] = verdict{condition.Status, condition.Reason, condition.Message}
		judged = judged || condition.Status != metav1.ConditionUnknown
	}
	if !judged {
		return nil
	}
	return found
}

func restoredProblem(conditions []metav1.Condition) *problem {
	configured := meta.FindStatusCondition(conditions, v1alpha1.Configured)
	if configured == nil || configured.Status != metav1.ConditionFalse {
		return nil
	}
	return &problem{configured.Reason, configured.Message, configured.LastTransitionTime.Time}
}

// startAnew forgets all that was known of another connection of the same server.
func (s *state) startAnew(fields string) {
	*s = state{uid: s.uid, fields: fields, handledRequest: s.handledRequest, nextCheck: s.nextCheck, lastCheck: s.lastCheck, duration: s.duration}
}

func timeOf(at *metav1.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return at.Time
}

func keyOf(server *v1alpha1.QlikServer) types.NamespacedName {
	return types.NamespacedName{Namespace: server.Namespace, Name: server.Name}
}
