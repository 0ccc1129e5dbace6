package controller

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"qlik-operator/test/bench/peer/api/v1alpha1"
)

// tell records what happened between two statuses; nothing for what merely goes on.
func (r *Reconciler) tell(server *v1alpha1.QlikServer, before []metav1.Condition, wasEverConnected bool) {
	record := func(kind, reason, note string) {
		r.Events.Eventf(server, nil, kind, reason, "Check", "%s", note)
	}
	after := server.Status.Conditions
	old, current := meta.FindStatusCondition(before, v1alpha1.Connected), meta.FindStatusCondition(after, v1alpha1.Connected)
	if current != nil && (old == nil || old.Status != current.Status) {
		switch {
		case current.Status == metav1.ConditionTrue && wasEverConnected:
			record(corev1.EventTypeNormal, "Recovered", current.Message)
		case current.Status == metav1.ConditionTrue:
			record(corev1.EventTypeNormal, "Connected", current.Message)
		case current.Status == metav1.ConditionFalse && old != nil && old.Status == metav1.ConditionTrue:
			record(corev1.EventTypeWarning, "ConnectionLost", current.Message)
		}
	}
	stalled := meta.FindStatusCondition(after, v1alpha1.Stalled)
	if stalled != nil && meta.FindStatusCondition(before, v1alpha1.Stalled) == nil {
		record(corev1.EventTypeWarning, "NeedsAttention", stalled.Message)
	}
}
