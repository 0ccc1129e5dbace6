package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"qlik-operator/test/bench/peer/api/v1alpha1"
	"qlik-operator/test/bench/peer/controller"
)

const name = "qlik-operator-peer"

func newManager(options options) (ctrl.Manager, error) {
	config, err := restConfig(options.kubeconfig)
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, err
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	return ctrl.NewManager(config, ctrl.Options{
		Scheme:                        scheme,
		Cache:                         cacheOptions(),
		Client:                        client.Options{FieldValidation: metav1.FieldValidationStrict},
		LeaderElection:                options.leaderElect,
		LeaderElectionID:              name,
		LeaderElectionNamespace:       metav1.NamespaceDefault,
		LeaderElectionReleaseOnCancel: true,
		// Own servers instead, whose addresses are known when the port was 0.
		Metrics:                metricsserver.Options{BindAddress: "0"},
		HealthProbeBindAddress: "0",
	})
}

func restConfig(kubeconfig string) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return nil, err
	}
	config.QPS = -1 // the API server knows better (priority and fairness)
	config.UserAgent = name
	return config, nil
}

// cacheOptions keep as little as the work needs: of Secrets and ConfigMaps their versions, and only labelled Secrets.
func cacheOptions() cache.Options {
	labelled := labels.SelectorFromSet(labels.Set{v1alpha1.CredentialsLabel: "true"})
	return cache.Options{
		DefaultTransform: cache.TransformStripManagedFields(),
		ByObject: map[client.Object]cache.ByObject{
			&corev1.Secret{}:    {Label: labelled, Transform: versionOnly},
			&corev1.ConfigMap{}: {Transform: versionOnly},
		},
	}
}

func versionOnly(object any) (any, error) {
	if known, ok := object.(*metav1.PartialObjectMetadata); ok {
		known.ObjectMeta = metav1.ObjectMeta{
			Name: known.Name, Namespace: known.Namespace, UID: known.UID, ResourceVersion: known.ResourceVersion,
		}
	}
	return object, nil
}

func setUpController(ctx context.Context, manager ctrl.Manager, concurrency int) error {
	reconciler := controller.NewReconciler(manager.GetClient(), manager.GetAPIReader(), manager.GetEventRecorder(name))
	return reconciler.SetUp(ctx, manager, concurrency)
}
