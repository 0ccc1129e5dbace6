// Package v1alpha1 has the part of kpimailer.io/v1alpha1 that concerns Qlik Sense sites. The schema itself is in crds/.
// +kubebuilder:object:generate=true
// +groupName=kpimailer.io
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// CredentialsLabel marks the only Secrets that are read; its value is "true".
const CredentialsLabel = "kpimailer.io/credentials"

// RequestedAtAnnotation asks with any new value for a check now that proves everything anew.
const RequestedAtAnnotation = "kpimailer.io/requestedAt"

// GroupVersion is the one this package is about.
var GroupVersion = schema.GroupVersion{Group: "kpimailer.io", Version: "v1alpha1"}

// AddToScheme makes the kinds of this package known.
func AddToScheme(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &QlikServer{}, &QlikServerList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
