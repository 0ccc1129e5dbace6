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

/** The same, and the Secret that is written for its executions: all that must be watched. */
export function watchedReferencesOf(spec: QlikServerSpec): SourceReference[] {
  const { secretName } = spec.binding ?? {};
  const references = referencesOf(spec);
  const isKnown = references.some(({ kind, name }) => kind === 'Secret' && name === secretName);
  return secretName === undefined || isKnown
    ? references
    : [...references, { kind: 'Secret', name: secretName }];
}

function unique(kind: SourceReference['kind'], names: readonly (string | undefined)[]): SourceReference[] {
  return [...new Set(names)].filter((name) => name !== undefined).map((name) => ({ kind, name }));
}
