package material

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"qlik-operator/test/bench/peer/api/v1alpha1"
)

// Metadata of a kind whose contents are never cached.
func Metadata(kind string) *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: kind}}
}

// source reads the contents of the Secrets and ConfigMaps of one namespace, each object once.
type source struct {
	// cached knows the metadata of labelled Secrets, live reads anything from the API server.
	cached, live client.Reader
	namespace    string
	secrets      map[string]map[string][]byte
}

func (s *source) secret(ctx context.Context, name string) (map[string][]byte, error) {
	if data, known := s.secrets[name]; known {
		return data, nil
	}
	key := client.ObjectKey{Namespace: s.namespace, Name: name}
	if err := s.requireLabel(ctx, key); err != nil {
		return nil, err
	}
	var secret corev1.Secret
	if err := s.live.Get(ctx, key, &secret); err != nil {
		return nil, missing(err, "Secret", name)
	}
	s.secrets[name] = secret.Data
	return secret.Data, nil
}

// requireLabel keeps unlabelled contents out of this process. The cache holds labelled Secrets only; what it does not
// have may be unlabelled, absent, or too new.
func (s *source) requireLabel(ctx context.Context, key client.ObjectKey) error {
	if s.cached.Get(ctx, key, Metadata("Secret")) == nil {
		return nil
	}
	found := Metadata("Secret")
	if err := s.live.Get(ctx, key, found); err != nil {
		return missing(err, "Secret", key.Name)
	}
	if found.Labels[v1alpha1.CredentialsLabel] == "true" {
		return nil
	}
	return &Problem{"SecretNotLabelled", fmt.Sprintf(
		"the Secret %q is not marked as Qlik credentials; allow its use: kubectl label secret %s %s=true",
		key.Name, key.Name, v1alpha1.CredentialsLabel)}
}

func (s *source) secretKey(ctx context.Context, name, key string) ([]byte, error) {
	data, err := s.secret(ctx, name)
	if err != nil {
		return nil, err
	}
	if content, ok := data[key]; ok {
		return content, nil
	}
	return nil, keyMissing("Secret", name, key, slices.Sorted(maps.Keys(data)))
}

func (s *source) configMapKey(ctx context.Context, name, key string) ([]byte, error) {
	var configMap corev1.ConfigMap
	if err := s.live.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, &configMap); err != nil {
		return nil, missing(err, "ConfigMap", name)
	}
	if text, ok := configMap.Data[key]; ok {
		return []byte(text), nil
	}
	if content, ok := configMap.BinaryData[key]; ok {
		return content, nil
	}
	return nil, keyMissing("ConfigMap", name, key, slices.Sorted(maps.Keys(configMap.Data)))
}

func missing(err error, kind, name string) error {
	if apierrors.IsNotFound(err) {
		return &Problem{kind + "NotFound", fmt.Sprintf("the %s %q does not exist in this namespace", kind, name)}
	}
	return err
}

func keyMissing(kind, name, key string, present []string) error {
	has := "no keys"
	if len(present) > 0 {
		has = "the keys " + strings.Join(present, ", ")
	}
	return &Problem{kind + "KeyNotFound", fmt.Sprintf("the %s %q has no key %q; it has %s", kind, name, key, has)}
}
