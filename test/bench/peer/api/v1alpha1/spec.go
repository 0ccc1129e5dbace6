package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// QlikServerSpec is the wanted connection. The API server has filled in all defaults.
type QlikServerSpec struct {
	Type        string        `json:"type"`
	DisplayName string        `json:"displayName,omitempty"`
	Suspend     bool          `json:"suspend,omitempty"`
	Readiness   Readiness     `json:"readiness,omitempty"`
	OnPremise   *OnPremise    `json:"onPremise,omitempty"`
	Trust       []TrustSource `json:"trust,omitempty"`
	Checks      CheckPolicy   `json:"checks,omitempty"`
}

// Readiness is what Ready means.
type Readiness string

// ReadinessConfigured asks only that no human is needed; the other value, Connected, that every check passes.
const ReadinessConfigured Readiness = "Configured"

// OnPremise is a Qlik Sense Enterprise on Windows site.
type OnPremise struct {
	ServerURL             string            `json:"serverUrl"`
	UserDirectory         string            `json:"userDirectory"`
	ServiceAccountUser    string            `json:"serviceAccountUser"`
	ClientCertificate     ClientCertificate `json:"clientCertificate"`
	VirtualProxyPrefix    *string           `json:"virtualProxyPrefix,omitempty"`
	RepositoryService     RepositoryService `json:"repositoryService,omitempty"`
	ProxyService          ProxyService      `json:"proxyService,omitempty"`
	VirtualProxyCheck     VirtualProxyCheck `json:"virtualProxyCheck,omitempty"`
	InsecureSkipTLSVerify bool              `json:"insecureSkipTlsVerify,omitempty"`
}

// VirtualProxyCheck is how VirtualProxyReady is judged.
type VirtualProxyCheck string

// VirtualProxyCheckSignIn signs in with a ticket; the other value, Configuration, reads only.
const VirtualProxyCheckSignIn VirtualProxyCheck = "SignIn"

// ClientCertificate has exactly one of its fields.
type ClientCertificate struct {
	PKCS12 *PKCS12Source `json:"pkcs12,omitempty"`
	TLS    *TLSSource    `json:"tls,omitempty"`
}

// PKCS12Source is a .pfx file and its password.
type PKCS12Source struct {
	SecretName         string `json:"secretName"`
	Key                string `json:"key,omitempty"`
	PasswordKey        string `json:"passwordKey,omitempty"`
	PasswordSecretName string `json:"passwordSecretName,omitempty"`
}

// TLSSource is a kubernetes.io/tls Secret.
type TLSSource struct {
	SecretName string `json:"secretName"`
}

// RepositoryService is where QRS listens and as whom to ask it.
type RepositoryService struct {
	Host          string `json:"host,omitempty"`
	Port          int    `json:"port,omitempty"`
	TLSServerName string `json:"tlsServerName,omitempty"`
	AdminUser     string `json:"adminUser,omitempty"`
}

// ProxyService is where QPS listens, if the site itself does not name the right place.
type ProxyService struct {
	Host          string `json:"host,omitempty"`
	Port          int    `json:"port,omitempty"`
	TLSServerName string `json:"tlsServerName,omitempty"`
}

// TrustSource holds authorities; exactly one of its fields is set.
type TrustSource struct {
	ConfigMapKeyRef *KeyReference `json:"configMapKeyRef,omitempty"`
	SecretKeyRef    *KeyReference `json:"secretKeyRef,omitempty"`
}

// KeyReference is a key of a Secret or ConfigMap in the same namespace.
type KeyReference struct {
	Name string `json:"name"`
	Key  string `json:"key,omitempty"`
}

// CheckPolicy is when and how the connection is checked.
type CheckPolicy struct {
	Interval            metav1.Duration `json:"interval,omitempty"`
	Timeout             metav1.Duration `json:"timeout,omitempty"`
	RetryInterval       metav1.Duration `json:"retryInterval,omitempty"`
	FailureThreshold    int             `json:"failureThreshold,omitempty"`
	SignInProofInterval metav1.Duration `json:"signInProofInterval,omitempty"`
}
