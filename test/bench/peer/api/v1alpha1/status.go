package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// QlikServerStatus is what was found.
type QlikServerStatus struct {
	ObservedGeneration     int64              `json:"observedGeneration,omitempty"`
	Conditions             []metav1.Condition `json:"conditions,omitempty"`
	Checks                 *CheckFigures      `json:"checks,omitempty"`
	Endpoint               string             `json:"endpoint,omitempty"`
	Product                *Product           `json:"product,omitempty"`
	Credential             *Credential        `json:"credential,omitempty"`
	Certificate            *Certificate       `json:"certificate,omitempty"`
	LastHandledReconcileAt string             `json:"lastHandledReconcileAt,omitempty"`
}

// CheckFigures are the figures of the checks as of the last write.
type CheckFigures struct {
	Summary               string           `json:"summary,omitempty"`
	LastTime              *metav1.Time     `json:"lastTime,omitempty"`
	Duration              *metav1.Duration `json:"duration,omitempty"`
	FailingSince          *metav1.Time     `json:"failingSince,omitempty"`
	SignInProvedTime      *metav1.Time     `json:"signInProvedTime,omitempty"`
	ConnectionFingerprint string           `json:"connectionFingerprint,omitempty"`
}

// Product is what answered.
type Product struct {
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"`
}

// Credential is where the credentials stand; candidates are not told apart here, so it is always Current.
type Credential struct {
	State string `json:"state"`
}

// Certificate is the client certificate in use.
type Certificate struct {
	Subject     string      `json:"subject,omitempty"`
	Issuer      string      `json:"issuer,omitempty"`
	NotAfter    metav1.Time `json:"notAfter,omitempty"`
	Fingerprint string      `json:"fingerprint,omitempty"`
}

// Conditions, in the order they are shown. Ready takes its reason from the first of the others that is not True.
const (
	Ready             = "Ready"
	Configured        = "Configured"
	ServerReachable   = "ServerReachable"
	Authenticated     = "Authenticated"
	UserExists        = "UserExists"
	RootAdmin         = "RootAdmin"
	VirtualProxyReady = "VirtualProxyReady"
	Connected         = "Connected"
	CertificateValid  = "CertificateValid"
	Suspended         = "Suspended"
	Reconciling       = "Reconciling"
	Stalled           = "Stalled"
)

// Checks are the conditions that a check of the connection decides, in its order.
var Checks = []string{ServerReachable, Authenticated, UserExists, RootAdmin, VirtualProxyReady}
