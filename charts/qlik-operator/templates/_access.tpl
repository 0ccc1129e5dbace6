{{/* The namespaces in which the ClusterRole for Secrets is bound, separated by commas. */}}
{{- define "qlik-operator.secretNamespaces" -}}
{{- join "," (default .Values.watchNamespaces .Values.secretAccess.namespaces) }}
{{- end }}

{{/* The rules about QlikServers, their QlikApps and executions, which a ClusterRole has or the Roles of the watched namespaces. */}}
{{- define "qlik-operator.serverRules" -}}
- apiGroups: [kpimailer.io]
  resources: [qlikservers]
  verbs: [get, list, watch]
- apiGroups: [kpimailer.io]
  resources: [qlikservers/status]
  verbs: [update]
- apiGroups: [kpimailer.io]
  resources: [qlikapps]
  verbs: [get, list, create, patch, delete]
- apiGroups: [kpimailer.io]
  resources: [qlikconnectiontests]
  verbs: [list, watch, delete]
- apiGroups: [kpimailer.io]
  resources: [qlikconnectiontests/status]
  verbs: [update]
- apiGroups: [kpimailer.io]
  resources: [qlikexecutions]
  verbs: [get, list, watch, patch]
- apiGroups: [kpimailer.io]
  resources: [qlikexecutions/status]
  verbs: [patch]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, patch]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [get]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end }}

{{/* The one subject of every binding. */}}
{{- define "qlik-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "qlik-operator.serviceAccountName" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
{{- end }}
