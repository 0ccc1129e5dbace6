{{/* The strategy as asked for, else the one that leader election allows. */}}
{{- define "qlik-operator.strategy" -}}
{{- if .Values.strategy }}
{{- toYaml .Values.strategy }}
{{- else if .Values.leaderElection.enabled -}}
# The new pod stands by before the old one goes, and leads as soon as that has given its lease back.
type: RollingUpdate
rollingUpdate:
  maxUnavailable: 0
  maxSurge: 1
{{- else -}}
type: Recreate
{{- end }}
{{- end }}

{{/* Constraints without a selector get one for the pods of this release, counted per revision so that an update spreads too. */}}
{{- define "qlik-operator.topologySpreadConstraints" -}}
{{- $selector := dict "matchLabels" (include "qlik-operator.selectorLabels" . | fromYaml) }}
{{- $constraints := list }}
{{- range .Values.topologySpreadConstraints }}
{{- if .labelSelector }}
{{- $constraints = append $constraints . }}
{{- else }}
{{- $constraints = append $constraints (merge (dict "labelSelector" $selector) . (dict "matchLabelKeys" (list "pod-template-hash"))) }}
{{- end }}
{{- end }}
{{- toYaml $constraints }}
{{- end }}
