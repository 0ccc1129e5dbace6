{{/* CEL: whether a request is neither the operator's nor that of somebody who may pass the queue by. */}}
{{- define "qlik-operator.isNotTrusted" -}}
{{- $own := printf "system:serviceaccount:%s:%s" .Release.Namespace (include "qlik-operator.serviceAccountName" .) }}
{{- $users := prepend .Values.admissionPolicies.trustedUsers $own }}
{{- printf "!(request.userInfo.username in ['%s']) && !('%s' in request.userInfo.groups)" (join "', '" $users) .Values.admissionPolicies.breakGlassGroup }}
{{- end }}
