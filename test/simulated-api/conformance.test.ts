import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubeconfigAccess } from '../../src/kubernetes/access.ts';
import { RestClient } from '../../src/kubernetes/rest.ts';
import { installCrds } from '../controlplane/crds.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { SimulatedApiServer } from './api-server.ts';
import { clientOf } from './client.ts';
import { installSchemalessCrds } from './conformance/crds.ts';
import { GATE_SCENARIOS } from './conformance/gate-scenarios.ts';
import { JOB_SCENARIOS } from './conformance/job-scenarios.ts';
import { KIND_SCENARIOS } from './conformance/kind-scenarios.ts';
import { LIST_SCENARIOS } from './conformance/list-scenarios.ts';
import { normalForm } from './conformance/normal-form.ts';
import { OBJECT_SCENARIOS } from './conformance/object-scenarios.ts';
import { POD_SCENARIOS } from './conformance/pod-scenarios.ts';
import { randomRequests } from './conformance/random-requests.ts';
import { sendAll } from './conformance/random-sender.ts';
import { Recording } from './conformance/recording.ts';
import { COMPARED_RESOURCES } from './conformance/samples.ts';
import type { Scenario } from './conformance/scenarios.ts';

/** `CONFORMANCE_RUNS=1000 CONFORMANCE_SEED=7` looks further. */
const RUNS = Number(process.env['CONFORMANCE_RUNS'] ?? 120);
const SEED = Number(process.env['CONFORMANCE_SEED'] ?? 1);

/** Two API servers that are asked the same. No controller works on the real one: what changes there has been asked for. */
class Pair {
  readonly #rest: RestClient;
  readonly #minorVersion: number;
  #namespaces = 0;

  private constructor(rest: RestClient, minorVersion: number) {
    this.#rest = rest;
    this.#minorVersion = minorVersion;
  }

  static async open(kubeconfig: string, minorVersion: number): Promise<Pair> {
    const rest = new RestClient(await kubeconfigAccess(kubeconfig));
    await installSchemalessCrds(rest);
    return new Pair(rest, minorVersion);
  }

  close(): Promise<void> {
    return this.#rest.close();
  }

  /** What both say, each in a namespace that nobody else uses. */
  async answers(run: Scenario['run']): Promise<{ simulated: unknown[]; real: unknown[] }> {
    this.#namespaces += 1;
    const namespace = `conformance-${this.#namespaces}`;
    const options = { now: Date.now, resources: COMPARED_RESOURCES, minorVersion: this.#minorVersion };
    const simulated = new Recording(clientOf(new SimulatedApiServer(options)), namespace);
    const real = new Recording(this.#rest, namespace);
    for (const api of [simulated, real]) {
      await api.prepareNamespace();
      await run(api);
    }
    return { simulated: normalForm(simulated.exchanges), real: normalForm(real.exchanges) };
  }
}

describe('the simulated API server answers as the real one', () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await Pair.open(inject('controlPlane').kubeconfig, 36);
  });

  afterAll(async () => {
    await pair.close();
  });

  describe.each([
    ['the gate', GATE_SCENARIOS],
    ['any object', OBJECT_SCENARIOS],
    ['Jobs', JOB_SCENARIOS],
    ['pods', POD_SCENARIOS],
    ['other kinds', KIND_SCENARIOS],
    ['lists', LIST_SCENARIOS],
  ])('%s', (_, scenarios) => {
    test.each(scenarios)('$name', async ({ run }) => {
      const { simulated, real } = await pair.answers(run);
      expect(simulated).toEqual(real);
    });
  });

  test('random requests', async () => {
    const property = fc.asyncProperty(randomRequests, async (requests) => {
      const { simulated, real } = await pair.answers((api) => sendAll(api, requests));
      expect(simulated).toEqual(real);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
  });
});

describe('the simulated API server of the oldest version answers as the real one', () => {
  const ended = new AsyncDisposableStack();
  let pair: Pair;

  beforeAll(async () => {
    const controlPlane = await startControlPlane({ extraApiServerArgs: ['--emulated-version=1.33'] });
    ended.use(controlPlane);
    await installCrds(controlPlane);
    pair = await Pair.open(controlPlane.kubeconfig, 33);
    ended.defer(() => pair.close());
  });

  afterAll(async () => {
    await ended.disposeAsync();
  });

  test.each([...GATE_SCENARIOS, ...JOB_SCENARIOS, ...POD_SCENARIOS])('$name', async ({ run }) => {
    const { simulated, real } = await pair.answers(run);
    expect(simulated).toEqual(real);
  });
});
