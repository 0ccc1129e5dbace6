{{- define "qlik-operator.trustFolder" -}}
/etc/qlik-operator/trust
{{- end }}

{{- define "qlik-operator.volumeMounts" -}}
- name: service-account
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- if .Values.trust.configMapKeyRef.name }}
- name: trust
  mountPath: {{ include "qlik-operator.trustFolder" . }}
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
The files that Kubernetes would mount by itself. Asked for here, the token really ends after an hour: the API server
lets those of the automatic mount live for a year.
*/}}
{{- define "qlik-operator.volumes" -}}
- name: service-account
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                # Stated, although it is the default: two appliers would otherwise conflict over the whole list.
                apiVersion: v1
                fieldPath: metadata.namespace
{{- with .Values.trust.configMapKeyRef }}
{{- if .name }}
- name: trust
  configMap:
    name: {{ .name | quote }}
    items:
      - key: {{ .key | quote }}
        path: {{ .key | quote }}
{{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
