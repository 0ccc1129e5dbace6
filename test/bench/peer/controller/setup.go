package controller

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"qlik-operator/test/bench/peer/api/v1alpha1"
	"qlik-operator/test/bench/peer/material"
)

// Indexes from what a QlikServer refers to.
const (
	secretIndex    = "secret"
	configMapIndex = "configMap"
)

// SetUp makes a manager run the reconciler on changes of QlikServers, and of the Secrets and ConfigMaps they refer to.
func (r *Reconciler) SetUp(ctx context.Context, manager ctrl.Manager, concurrency int) error {
	for name, referred := range map[string]func(*v1alpha1.QlikServerSpec) []string{
		secretIndex:    material.Secrets,
		configMapIndex: material.ConfigMaps,
	} {
		index := func(object client.Object) []string { return referred(&object.(*v1alpha1.QlikServer).Spec) }
		if err := manager.GetFieldIndexer().IndexField(ctx, &v1alpha1.QlikServer{}, name, index); err != nil {
			return err
		}
	}
	newVersion := builder.WithPredicates(predicate.ResourceVersionChangedPredicate{})
	return ctrl.NewControllerManagedBy(manager).
		For(&v1alpha1.QlikServer{}, builder.WithPredicates(matters)).
		WatchesMetadata(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(r.referrers(secretIndex)), newVersion).
		WatchesMetadata(&corev1.ConfigMap{}, handler.EnqueueRequestsFromMapFunc(r.referrers(configMapIndex)), newVersion).
		WithOptions(controller.Options{MaxConcurrentReconciles: concurrency}).
		Complete(r)
}

// matters leaves out our own status writes: only what a user can change is a change.
var matters = predicate.Funcs{UpdateFunc: func(change event.UpdateEvent) bool {
	before, after := change.ObjectOld, change.ObjectNew
	return before.GetUID() != after.GetUID() ||
		before.GetGeneration() != after.GetGeneration() ||
		before.GetDeletionTimestamp().IsZero() != after.GetDeletionTimestamp().IsZero() ||
		before.GetAnnotations()[v1alpha1.RequestedAtAnnotation] != after.GetAnnotations()[v1alpha1.RequestedAtAnnotation]
}}

func (r *Reconciler) referrers(index string) handler.MapFunc {
	return func(ctx context.Context, object client.Object) []reconcile.Request {
		var servers v1alpha1.QlikServerList
		err := r.List(ctx, &servers, client.InNamespace(object.GetNamespace()), client.MatchingFields{index: object.GetName()})
		if err != nil {
			return nil // only before the cache is there, when everything is reconciled anyway
		}
		requests := make([]reconcile.Request, 0, len(servers.Items))
		for at := range servers.Items {
			requests = append(requests, reconcile.Request{NamespacedName: keyOf(&servers.Items[at])})
		}
		return requests
	}
}
