import { beforeEach, describe, expect, test } from 'vitest';
import { SecretApi } from '../../../test/fakes/secret-api.ts';
import { exampleMaterial, exampleServer } from '../../../test/integration/server/examples.ts';
import type { Material } from '../../connections/material.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import { Bindings } from './bindings.ts';

const LABELS = { 'kpimailer.io/credentials': 'true' };
const server = exampleServer({ binding: { secretName: 'b' } });
const { uid } = server.metadata;

let api: SecretApi;
let bindings: Bindings;

beforeEach(() => {
  api = new SecretApi();
  bindings = operator();
});

/** One with a watch that is up to date. */
function operator(access: 'namespace' | 'named' = 'namespace'): Bindings {
  return new Bindings({
    rest: api.client,
    watches: {
      version: (_namespace, { name }) => api.secrets.get(name)?.metadata.resourceVersion ?? 'absent',
    },
    rights: { access, grant: undefined },
  });
}

function proved(fingerprint: string): Material {
  return { ...exampleMaterial(fingerprint), binding: () => Promise.resolve({ uri: fingerprint }) };
}

const settle = (
  known: Partial<Parameters<Bindings['settle']>[2]> & { before?: string } = {},
  of = server,
) => {
  const { before, ...rest } = known;
  return bindings.settle(of, before, { proved: undefined, isRevoked: false, ...rest });
};

const written = (name = 'b') => Buffer.from(api.secrets.get(name)?.data?.['uri'] ?? '', 'base64').toString();

describe('what was proved', () => {
  test('is written once', async () => {
    expect(await settle({ proved: proved('one') })).toBe('b');
    expect(written()).toBe('one');
    api.requests.length = 0;
    expect(await settle({ before: 'b', proved: proved('one') })).toBe('b');
    expect(api.requests).toEqual([]);
  });

  test('is not written again by the next operator', async () => {
    await settle({ proved: proved('one') });
    bindings = operator();
    api.requests.length = 0;
    expect(await settle({ before: 'b', proved: proved('one') })).toBe('b');
    expect(api.requests).toEqual(['GET', 'GET']);
  });

  test('replaces what was proved before', async () => {
    await settle({ proved: proved('one') });
    await settle({ before: 'b', proved: proved('two') });
    expect(written()).toBe('two');
    expect((await bindings.of(server))?.fingerprint).toBe('two');
  });

  test('is written over what somebody else has changed meanwhile', async () => {
    await settle({ proved: proved('one') });
    let changes = 1;
    api.before = (method) => {
      if (method !== 'PUT' || changes === 0) return;
      changes -= 1;
      api.put('b', { ...api.secrets.get('b'), data: {} });
    };
    await settle({ before: 'b', proved: proved('two') });
    expect(written()).toBe('two');
  });

  test('keeps what others have written beside it', async () => {
    api.put('b', {
      type: 'Opaque',
      metadata: { labels: { ...LABELS, team: 'x' }, annotations: { note: 'y' } },
    });
    await settle({ proved: proved('one') });
    expect(api.secrets.get('b')).toMatchObject({
      type: 'Opaque',
      metadata: { labels: { ...LABELS, team: 'x' }, annotations: { note: 'y' }, ownerReferences: [{ uid }] },
    });
  });

  test.each([
    ['is not marked', { data: {} }],
    ['holds something', { metadata: { labels: LABELS }, data: { theirs: 'eA==' } }],
    ['belongs to somebody else', { metadata: { labels: LABELS, ownerReferences: [{ uid: 'another' }] } }],
  ])('is not written into a Secret that %s', async (_what, secret) => {
    api.put('b', secret);
    const before = api.secrets.get('b');
    await expect(settle({ proved: proved('one') })).rejects.toMatchObject({
      reason: 'BindingSecretNotOwned',
    });
    await expect(bindings.of(server)).rejects.toMatchObject({ reason: 'BindingSecretNotOwned' });
    expect(api.secrets.get('b')).toBe(before);
  });

  test.each([
    ['namespace', 'secretAccess.writeBindings'],
    ['named', 'kubectl create secret generic b --namespace=kpi'],
  ] as const)('says what to do where the operator may not write it (%s)', async (access, remedy) => {
    bindings = operator(access);
    api.before = (method) => {
      if (method === 'POST') throw new ApiError(403, 'Forbidden', 'no');
    };
    await expect(settle({ proved: proved('one') })).rejects.toMatchObject({
      reason: 'SecretAccessDenied',
      message: expect.stringContaining(remedy) as string,
    });
  });
});

describe('a Secret that is not wanted any more', () => {
  test.each([
    ['is deleted', exampleServer(), undefined],
    ['is deleted once the other one is written', exampleServer({ binding: { secretName: 'c' } }), 'c'],
  ])('%s', async (_what, after, name) => {
    await settle({ proved: proved('one') });
    expect(await settle({ before: 'b', proved: proved('one') }, after)).toBe(name);
    expect([...api.secrets.keys()]).toEqual(name === undefined ? [] : [name]);
  });

  test('stays until there is something for the other one', async () => {
    await settle({ proved: proved('one') });
    expect(await settle({ before: 'b' }, exampleServer({ binding: { secretName: 'c' } }))).toBe('b');
    expect([...api.secrets.keys()]).toEqual(['b']);
  });

  test('is left alone, if it is somebody else’s by now', async () => {
    api.put('b', { data: { theirs: 'eA==' } });
    await settle({ before: 'b' }, exampleServer());
    expect([...api.secrets.keys()]).toEqual(['b']);
  });
});

describe('credentials that were taken back', () => {
  test('are taken from executions', async () => {
    await settle({ proved: proved('one') });
    expect(await settle({ before: 'b', isRevoked: true })).toBeUndefined();
    expect([...api.secrets.keys()]).toEqual([]);
  });

  test('leave an empty Secret where the operator could not make another one', async () => {
    bindings = operator('named');
    api.put('b', { metadata: { labels: LABELS } });
    await settle({ proved: proved('one') });
    expect(await settle({ before: 'b', isRevoked: true })).toBeUndefined();
    expect(api.secrets.get('b')?.data).toEqual({});
    expect(await bindings.of(server)).toBeUndefined();
    await settle({ proved: proved('two') });
    expect(written()).toBe('two');
  });
});

describe('what executions have', () => {
  test('is nothing, without a binding or before anything was proved', async () => {
    expect(await bindings.of(exampleServer())).toBeUndefined();
    expect(await bindings.of(server)).toBeUndefined();
  });

  test('is nothing of another connection', async () => {
    await settle({ proved: proved('one') });
    expect(await bindings.of(server)).toMatchObject({ fingerprint: 'one', data: { uri: 'one' } });
    const { onPremise } = server.spec;
    const other = {
      ...server,
      spec: { ...server.spec, onPremise: { ...onPremise!, userDirectory: 'OTHER' } },
    };
    expect(await bindings.of(other)).toBeUndefined();
  });
});
