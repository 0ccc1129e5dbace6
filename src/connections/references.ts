import type { QlikServerSpec } from '../api/qlikserver.ts';
import type { SourceReference } from './source.ts';

/** Every Secret and ConfigMap a QlikServer refers to, each once. */
export function referencesOf(spec: QlikServerSpec): SourceReference[] {
  const certificate = spec.onPremise?.clientCertificate;
  const secrets = [
    certificate?.pkcs12?.secretName,
    certificate?.pkcs12?.passwordSecretName,
    certificate?.tls?.secretName,
    spec.cloud?.clientSecret.secretKeyRef.name,
    ...spec.trust.map(({ secretKeyRef }) => secretKeyRef?.name),
  ];
  const configMaps = spec.trust.map(({ configMapKeyRef }) => configMapKeyRef?.name);
  return [...unique('Secret', secrets), ...unique('ConfigMap', configMaps)];
}

function unique(kind: SourceReference['kind'], names: readonly (string | undefined)[]): SourceReference[] {
  return [...new Set(names)].filter((name) => name !== undefined).map((name) => ({ kind, name }));
}
