import { describe, expect, test } from 'vitest';
import { ConfigurationProblem } from './problem.ts';
import { readKey, type Source, type SourceReference } from './source.ts';

const labels = { 'kpimailer.io/credentials': 'true' };
const secret = { kind: 'Secret', name: 'qlik' } as const;
const configMap = { kind: 'ConfigMap', name: 'ca' } as const;

function present(keys: Record<string, string>, labelled: Record<string, string> = labels): Source {
  const data = Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, Buffer.from(value)]));
  return { state: 'present', labels: labelled, data };
}

async function problem(source: Source, reference: SourceReference): Promise<[string, string]> {
  const error: unknown = await readKey(() => Promise.resolve(source), reference, 'wanted').catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConfigurationProblem)) throw new Error('no ConfigurationProblem', { cause: error });
  return [error.reason, error.message];
}

describe('readKey', () => {
  test.each<[string, Source, SourceReference, string, string]>([
    [
      'a Secret that is absent',
      { state: 'absent' },
      secret,
      'SecretNotFound',
      'the Secret "qlik" does not exist in this namespace',
    ],
    [
      'a ConfigMap that is absent',
      { state: 'absent' },
      configMap,
      'ConfigMapNotFound',
      'the ConfigMap "ca" does not exist in this namespace',
    ],
    [
      'rights that are missing',
      { state: 'denied', remedy: 'grant it: kubectl …' },
      secret,
      'SecretAccessDenied',
      'grant it: kubectl …',
    ],
    [
      'a key that is missing',
      present({ b: '', a: '' }),
      secret,
      'SecretKeyNotFound',
      'the Secret "qlik" has no key "wanted"; it has the keys a, b',
    ],
    [
      'a Secret without keys',
      present({}),
      secret,
      'SecretKeyNotFound',
      'the Secret "qlik" has no key "wanted"; it has no keys',
    ],
    [
      'a ConfigMap without the key',
      present({ 'ca.pem': '' }, {}),
      configMap,
      'ConfigMapKeyNotFound',
      'the ConfigMap "ca" has no key "wanted"; it has the keys ca.pem',
    ],
    [
      'no label',
      present({ wanted: 'x' }, {}),
      secret,
      'SecretNotLabelled',
      'the Secret "qlik" is not marked as Qlik credentials; allow its use: kubectl label secret qlik kpimailer.io/credentials=true',
    ],
    [
      'a label of another value',
      present({ wanted: 'x' }, { 'kpimailer.io/credentials': 'false' }),
      secret,
      'SecretNotLabelled',
      'the Secret "qlik" is not marked as Qlik credentials; allow its use: kubectl label secret qlik kpimailer.io/credentials=true',
    ],
  ])('%s', async (_what, source, reference, ...expected) => {
    expect(await problem(source, reference)).toEqual(expected);
  });

  test('an unlabelled Secret is not looked into', async () => {
    const source: Source = {
      state: 'present',
      labels: {},
      get data(): Record<string, Buffer> {
        throw new Error('the data was read');
      },
    };
    expect(await problem(source, secret)).toEqual(['SecretNotLabelled', expect.any(String)]);
  });

  test('gives the bytes, also none at all; a ConfigMap needs no label', async () => {
    const read = () => Promise.resolve(present({ wanted: '' }, labels));
    expect(await readKey(read, secret, 'wanted')).toEqual(Buffer.alloc(0));
    const unlabelled = () => Promise.resolve(present({ wanted: 'x' }, {}));
    expect(await readKey(unlabelled, configMap, 'wanted')).toEqual(Buffer.from('x'));
  });

  test('a failing read is not taken for an absent object', async () => {
    const read = () => Promise.reject(new Error('the API server is away'));
    await expect(readKey(read, secret, 'wanted')).rejects.toThrow('the API server is away');
  });

  test('keys of Object.prototype are no keys of a Secret', async () => {
    const read = () => Promise.resolve(present({ a: '' }));
    await expect(readKey(read, secret, 'constructor')).rejects.toThrow('has no key "constructor"');
  });
});
