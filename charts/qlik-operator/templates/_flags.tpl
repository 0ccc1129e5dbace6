{{/* Every flag of the operator but --kubeconfig, stated whether or not it is the default: `kubectl describe` shows all. */}}
{{- define "qlik-operator.flags" -}}
{{- $v := .Values }}
{{- $flags := dict
  "secret-access" $v.secretAccess.mode
  "allow-local-targets" $v.allowLocalTargets
  "forbid-insecure-tls" $v.forbidInsecureTls
  "leader-elect" $v.leaderElection.enabled
  "lease-duration" $v.leaderElection.leaseDuration
  "renew-deadline" $v.leaderElection.renewDeadline
  "retry-period" $v.leaderElection.retryPeriod
  "concurrency" (int $v.concurrency)
  "min-check-interval" $v.minCheckInterval
  "app-write-qps" (int $v.appWriteQps)
  "metrics-address" (printf ":%d" (int $v.metrics.port))
  "health-address" (printf ":%d" (int $v.health.port))
  "log-level" $v.logLevel
  "log-format" $v.logFormat
}}
{{- $optional := dict
  "watch-namespaces" (join "," $v.watchNamespaces)
  "watch-label-selector" $v.watchLabelSelector
  "allowed-hosts" (join "," $v.allowedHosts)
  "lease-namespace" $v.leaderElection.namespace
}}
{{- range $name, $value := $optional }}
{{- if $value }}
{{- $_ := set $flags $name $value }}
{{- end }}
{{- end }}
{{- range $name, $value := $flags }}
- {{ printf "--%s=%v" $name $value | quote }}
{{- end }}
{{- end }}
