{{/* What selects the pods of this release; never changes during its life. */}}
{{- define "qlik-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "qlik-operator.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Labels of every object. commonLabels come first: they cannot replace what selects. */}}
{{- define "qlik-operator.labels" -}}
{{- $own := include "qlik-operator.selectorLabels" . | fromYaml }}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_") }}
{{- merge $own .Values.commonLabels | toYaml }}
{{- end }}

{{/* Without the versions of chart and app: the image says those, and a new chart alone need not restart the pods. */}}
{{- define "qlik-operator.podLabels" -}}
{{- $own := include "qlik-operator.selectorLabels" . | fromYaml }}
{{- merge $own .Values.podLabels .Values.commonLabels | toYaml }}
{{- end }}
