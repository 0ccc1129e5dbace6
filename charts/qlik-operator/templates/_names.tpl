{{/* Names of objects: 48 characters at most, so that the name of the Service with its suffix keeps below 63. */}}

{{- define "qlik-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 48 | trimSuffix "-" }}
{{- end }}

{{- define "qlik-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" }}
{{- else if contains (include "qlik-operator.name" .) .Release.Name }}
{{- .Release.Name | trunc 48 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "qlik-operator.name" .) | trunc 48 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "qlik-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "qlik-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* The ClusterRole that may be bound in any namespace; in mode named the Roles have the name of its kind. */}}
{{- define "qlik-operator.secretsRoleName" -}}
{{- include "qlik-operator.fullname" . }}-secrets
{{- end }}

{{/* A name of its own: the roleRef of a binding cannot change, so a change of mode must change its name. */}}
{{- define "qlik-operator.namedSecretsRoleName" -}}
{{- include "qlik-operator.fullname" . }}-named-secrets
{{- end }}
