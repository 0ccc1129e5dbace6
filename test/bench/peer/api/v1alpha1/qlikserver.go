package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// QlikServer is a connection to a Qlik server.
// +kubebuilder:object:root=true
type QlikServer struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   QlikServerSpec   `json:"spec"`
	Status QlikServerStatus `json:"status,omitempty"`
}

// QlikServerList is a list of QlikServers.
// +kubebuilder:object:root=true
type QlikServerList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []QlikServer `json:"items"`
}
