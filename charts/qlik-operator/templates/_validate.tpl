{{/* Rules over several values, which a schema cannot state. Each message names value, rule and way out. */}}
{{- define "qlik-operator.validate" -}}
{{- $v := .Values }}
{{- if not $v.leaderElection.enabled }}
{{- if gt (int $v.replicas) 1 }}
{{- fail (printf "replicas must be at most 1 with leaderElection.enabled: false, as two pods would both work; it is %d" (int $v.replicas)) }}
{{- end }}
{{- if and $v.strategy (ne (default "" $v.strategy.type) "Recreate") }}
{{- fail "strategy.type must be Recreate with leaderElection.enabled: false, as an update would let two pods work at once" }}
{{- end }}
{{- end }}
{{- if and (eq $v.secretAccess.mode "namespace") $v.secretAccess.named }}
{{- fail "secretAccess.named must be empty with secretAccess.mode: namespace, where it would have no effect; set the mode to named or leave it out" }}
{{- end }}
{{- if and (eq $v.secretAccess.mode "named") $v.secretAccess.namespaces }}
{{- fail "secretAccess.namespaces must be empty with secretAccess.mode: named, where it would have no effect; set the mode to namespace or leave it out" }}
{{- end }}
{{- $seen := list }}
{{- range $v.secretAccess.named }}
{{- if has .namespace $seen }}
{{- fail (printf "secretAccess.named has the namespace %q twice; put its Secrets and ConfigMaps into one entry" .namespace) }}
{{- end }}
{{- $seen = append $seen .namespace }}
{{- end }}
{{- if $v.watchNamespaces }}
{{- range concat $v.secretAccess.namespaces $seen }}
{{- if not (has . $v.watchNamespaces) }}
{{- fail (printf "secretAccess names the namespace %q, which is not one of watchNamespaces: nothing there would ever need to be read" .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
