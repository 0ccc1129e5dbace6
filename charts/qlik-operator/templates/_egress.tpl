{{/* One egress rule of a NetworkPolicy: `dict "to" PEERS "ports" NUMBERS "protocols" NAMES`. No peers means any address. */}}
{{- define "qlik-operator.egressRule" -}}
- ports:
    {{- range $protocol := .protocols }}
    {{- range $.ports }}
    - protocol: {{ $protocol }}
      port: {{ int . }}
    {{- end }}
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
