package material

import (
	"slices"

	"qlik-operator/test/bench/peer/api/v1alpha1"
)

// Secrets are the names of the Secrets a QlikServer refers to, each once.
func Secrets(spec *v1alpha1.QlikServerSpec) []string {
	var names []string
	if site := spec.OnPremise; site != nil {
		if pkcs12 := site.ClientCertificate.PKCS12; pkcs12 != nil {
			names = append(names, pkcs12.SecretName, pkcs12.PasswordSecretName)
		}
		if tls := site.ClientCertificate.TLS; tls != nil {
			names = append(names, tls.SecretName)
		}
	}
	for _, source := range spec.Trust {
		if source.SecretKeyRef != nil {
			names = append(names, source.SecretKeyRef.Name)
		}
	}
	return distinct(names)
}

// ConfigMaps are the names of the ConfigMaps a QlikServer refers to, each once.
func ConfigMaps(spec *v1alpha1.QlikServerSpec) []string {
	var names []string
	for _, source := range spec.Trust {
		if source.ConfigMapKeyRef != nil {
			names = append(names, source.ConfigMapKeyRef.Name)
		}
	}
	return distinct(names)
}

func distinct(names []string) []string {
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}
