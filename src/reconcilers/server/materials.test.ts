import { describe, expect, test } from 'vitest';
import { exampleMaterial, exampleServer } from '../../../test/integration/server/examples.ts';
import type { Material, MaterialMaker } from '../../connections/material.ts';
import { ConfigurationProblem } from '../../connections/problem.ts';
import type { Binding, Bindings } from './bindings.ts';
import { Materials } from './materials.ts';
import type { SourceWatches } from './source-watches.ts';

const server = exampleServer({ binding: { secretName: 'b' } });
const { signal } = new AbortController();

/** A server whose Secrets make `offered`, and whose executions have what a binding Secret makes. */
class Scene {
  offered: Material | ConfigurationProblem = exampleMaterial('offered');
  binding: Binding | undefined = {
    secretName: 'b',
    fingerprint: 'proved',
    data: { certificates: 'PEM', 'private-key': 'PEM', 'ca.crt': 'PEM' },
    resourceVersion: '1',
  };
  version = '1';
  /** Names of the Secrets whose material was made, in order. */
  readonly made: string[] = [];
  readonly materials = new Materials({
    rest: { request: () => Promise.reject(new Error('nothing is read')) },
    watches: {
      opened: () => Promise.resolve(),
      versions: () => this.version,
    } as unknown as SourceWatches,
    bindings: { of: () => Promise.resolve(this.binding) } as unknown as Bindings,
    maker: {
      make: ({ onPremise, trust }: typeof server.spec) => {
        const { pkcs12, tls } = onPremise?.clientCertificate ?? {};
        this.made.push([pkcs12?.secretName ?? tls?.secretName, trust.length].join(' '));
        if (tls !== undefined) return Promise.resolve(exampleMaterial('of the parts'));
        const { offered } = this;
        return offered instanceof ConfigurationProblem ? Promise.reject(offered) : Promise.resolve(offered);
      },
    } as unknown as MaterialMaker,
    rights: { access: 'namespace', grant: undefined },
  });
}

describe('the material of the Secrets', () => {
  test('is made anew only when one of them has another version', async () => {
    const scene = new Scene();
    const first = await scene.materials.of(server, signal);
    expect(await scene.materials.of(server, signal)).toBe(first);
    scene.version = '2';
    await scene.materials.of(server, signal);
    expect(scene.made).toEqual(['client 0', 'client 0']);
  });
});

describe('the material of a binding', () => {
  test('is made of the binding Secret and its authorities, once for each version', async () => {
    const scene = new Scene();
    const material = await scene.materials.ofBinding(server);
    expect(material?.fingerprint).toBe('proved');
    expect(await scene.materials.ofBinding(server)).toBe(material);
    scene.binding = { ...scene.binding!, resourceVersion: '2' };
    await scene.materials.ofBinding(server);
    expect(scene.made).toEqual(['b 1', 'b 1']);
  });

  test('is none where nothing was proved', async () => {
    const scene = new Scene();
    scene.binding = undefined;
    expect(await scene.materials.ofBinding(server)).toBeUndefined();
  });
});

describe('the material of a fingerprint', () => {
  test.each([
    ['offered', 'offered'],
    ['proved', 'proved'],
    ['another', undefined],
    [undefined, undefined],
  ])('%s is that of whoever has it: %s', async (fingerprint, expected) => {
    const scene = new Scene();
    const found = await scene.materials.withFingerprint(server, fingerprint, signal);
    expect(found?.fingerprint).toBe(expected);
  });

  test('is that of the binding, though the Secrets make none', async () => {
    const scene = new Scene();
    scene.offered = new ConfigurationProblem('WrongPassword', 'x');
    expect(await scene.materials.withFingerprint(server, 'proved', signal)).toBeDefined();
    expect(await scene.materials.withFingerprint(server, 'offered', signal)).toBeUndefined();
  });
});
