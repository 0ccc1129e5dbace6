import { expect, test } from 'vitest';
import { qlikServerSpec } from '../api/qlikserver.ts';
import { referencesOf } from './references.ts';

const secret = (name: string) => ({ kind: 'Secret', name });
const configMap = (name: string) => ({ kind: 'ConfigMap', name });

test.each([
  ['a file', { pkcs12: { secretName: 'a' } }, [], [secret('a')]],
  [
    'a file, its password elsewhere',
    { pkcs12: { secretName: 'a', passwordSecretName: 'b' } },
    [],
    [secret('a'), secret('b')],
  ],
  ['a tls Secret', { tls: { secretName: 't' } }, [], [secret('t')]],
  [
    'trust of both kinds',
    { tls: { secretName: 't' } },
    [{ configMapKeyRef: { name: 'c' } }, { secretKeyRef: { name: 's' } }],
    [secret('t'), secret('s'), configMap('c')],
  ],
  [
    'each once, also with several keys; kinds are kept apart',
    { pkcs12: { secretName: 'x', passwordSecretName: 'x' } },
    [
      { secretKeyRef: { name: 'x' } },
      { configMapKeyRef: { name: 'x', key: 'one' } },
      { configMapKeyRef: { name: 'x', key: 'two' } },
    ],
    [secret('x'), configMap('x')],
  ],
])('referencesOf %s', (_what, clientCertificate, trust, expected) => {
  const onPremise = {
    serverUrl: 'https://q.example',
    userDirectory: 'CORP',
    serviceAccountUser: 'svc',
    clientCertificate,
  };
  expect(referencesOf(qlikServerSpec.parse({ type: 'OnPremise', onPremise, trust }))).toEqual(expected);
});
