package controller

import (
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"qlik-operator/test/bench/peer/api/v1alpha1"
)

// heartbeat is how far the times of checks may be behind.
const heartbeat = 10 * time.Minute

// desiredStatus is the whole status a server should have now.
func desiredStatus(server *v1alpha1.QlikServer, s *state, now time.Time) v1alpha1.QlikServerStatus {
	summary := summarize(server, s, now)
	status := v1alpha1.QlikServerStatus{
		ObservedGeneration:     server.Generation,
		Checks:                 s.figures(summary),
		Endpoint:               server.Spec.OnPremise.ServerURL,
		Product:                s.product,
		Certificate:            s.certificate,
		LastHandledReconcileAt: s.handledRequest,
	}
	if s.verdicts != nil {
		status.Credential = &v1alpha1.Credential{State: "Current"}
	}
	if status.Certificate == nil && server.Spec.Suspend {
		status.Certificate = server.Status.Certificate // not read while suspended
	}
	for _, each := range summary {
		status.Conditions = append(status.Conditions, condition(each, server, now))
	}
	return status
}

// condition has the transition time of its status, not of reason or message.
func condition(of said, server *v1alpha1.QlikServer, now time.Time) metav1.Condition {
	made := metav1.Condition{
		Type:               of.kind,
		Status:             of.status,
		ObservedGeneration: server.Generation,
		LastTransitionTime: wholeSeconds(now),
		Reason:             of.reason,
		Message:            of.message,
	}
	if before := meta.FindStatusCondition(server.Status.Conditions, of.kind); before != nil && before.Status == of.status {
		made.LastTransitionTime = before.LastTransitionTime
	}
	return made
}

func (s *state) figures(summary []said) *v1alpha1.CheckFigures {
	passed := 0
	for _, each := range summary {
		if each.status == metav1.ConditionTrue && slices.Contains(v1alpha1.Checks, each.kind) {
			passed++
		}
	}
	figures := &v1alpha1.CheckFigures{
		Summary:               fmt.Sprintf("%d/%d", passed, len(v1alpha1.Checks)),
		LastTime:              optionalTime(s.lastCheck),
		FailingSince:          optionalTime(s.failingSince),
		SignInProvedTime:      optionalTime(s.signInProved),
		ConnectionFingerprint: s.fingerprint,
	}
	if !s.lastCheck.IsZero() {
		figures.Duration = &metav1.Duration{Duration: s.duration.Round(time.Millisecond)}
	}
	return figures
}

// worthWriting leaves times of checks alone out, or every check would be a write; a heartbeat carries them along.
func worthWriting(before, after *v1alpha1.QlikServerStatus, interval time.Duration) bool {
	if !equality.Semantic.DeepEqual(withoutTimes(before), withoutTimes(after)) {
		return true
	}
	if before.Checks == nil || before.Checks.LastTime == nil {
		return false
	}
	return timeOf(after.Checks.LastTime).Sub(before.Checks.LastTime.Time) >= max(heartbeat, interval)
}

func withoutTimes(status *v1alpha1.QlikServerStatus) v1alpha1.QlikServerStatus {
	stripped := *status
	if status.Checks != nil {
		figures := *status.Checks
		figures.LastTime, figures.Duration, figures.SignInProvedTime = nil, nil, nil
		stripped.Checks = &figures
	}
	return stripped
}

func optionalTime(at time.Time) *metav1.Time {
	if at.IsZero() {
		return nil
	}
	seconds := wholeSeconds(at)
	return &seconds
}

// wholeSeconds is a time as it comes back from the API server, so that both compare equal.
func wholeSeconds(at time.Time) metav1.Time {
	return metav1.NewTime(at.UTC().Truncate(time.Second))
}
