{{/* The namespaces in which the ClusterRole for Secrets is bound, separated by commas. */}}
{{- define "qlik-operator.secretNamespaces" -}}
{{- join "," (default .Values.watchNamespaces .Values.secretAccess.namespaces) }}
{{- end }}

{{/* The rules about QlikServers and their QlikApps, which a ClusterRole has or the Roles of the watched namespaces. */}}
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
