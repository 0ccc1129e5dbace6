{{/*
Environment of the container. What extraEnv sets is left to it: a name that stands twice is lost in an apply.
MALLOC_ARENA_MAX: an arena for each thread would keep what that has once needed.
*/}}
{{- define "qlik-operator.environment" -}}
{{- $own := list
  (dict "name" "UV_THREADPOOL_SIZE" "value" (include "qlik-operator.threads" .))
  (dict "name" "NODE_OPTIONS" "value" (include "qlik-operator.heap" .))
  (dict "name" "MALLOC_ARENA_MAX" "value" "2")
}}
{{- if and .Values.rbac.create (eq .Values.secretAccess.mode "namespace") }}
{{- $own = append $own (dict "name" "QLIK_OPERATOR_SECRETS_CLUSTER_ROLE" "value" (include "qlik-operator.secretsRoleName" .)) }}
{{- $own = append $own (dict "name" "QLIK_OPERATOR_SERVICE_ACCOUNT" "value" (printf "%s:%s" .Release.Namespace (include "qlik-operator.serviceAccountName" .))) }}
{{- end }}
{{- with .Values.trust.configMapKeyRef }}
{{- if .name }}
{{- $own = append $own (dict "name" "NODE_EXTRA_CA_CERTS" "value" (printf "%s/%s" (include "qlik-operator.trustFolder" $) .key)) }}
{{- end }}
{{- end }}
{{- range $name, $value := dict "HTTP_PROXY" .Values.proxy.httpProxy "HTTPS_PROXY" .Values.proxy.httpsProxy "NO_PROXY" .Values.proxy.noProxy }}
{{- if $value }}
{{- $own = append $own (dict "name" $name "value" $value) }}
{{- end }}
{{- end }}
{{- $extra := list }}
{{- range .Values.extraEnv }}
{{- $extra = append $extra .name }}
{{- end }}
{{- $kept := list }}
{{- range $own }}
{{- if not (has .name $extra) }}
{{- $kept = append $kept . }}
{{- end }}
{{- end }}
{{- concat $kept .Values.extraEnv | toYaml }}
{{- end }}

{{/* getaddrinfo blocks a thread per lookup: with Node's 4, a few dead names would stop the checks of all others. */}}
{{- define "qlik-operator.threads" -}}
64
{{- end }}

{{/*
Node lets its heap grow to the whole memory of the container (measured: 259 MiB of 256) and would be killed, with all
that is not heap, before it collects garbage in earnest. Its room for young objects would grow to 3 × 32 MiB, most of it
dead objects that nobody needs to collect; with 4 MiB the operator takes 100 MiB less (measured with 300 servers).
*/}}
{{- define "qlik-operator.heap" -}}
--max-old-space-size-percentage=60 --max-semi-space-size=4
{{- end }}
