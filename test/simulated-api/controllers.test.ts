import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControllerScenario, CONTROLLER_SCENARIOS } from './conformance/controller-scenarios.ts';
import { breaches, progress } from './conformance/history.ts';
import { type RealCluster, startRealCluster } from './conformance/real-cluster.ts';
import { SimulatedSide } from './conformance/simulated-side.ts';

/** The newest that is supported, and the oldest. */
describe.each([36, 33])('controllers of Kubernetes 1.%i', (minorVersion) => {
  let real: RealCluster;
  let played: ReadonlyMap<string, Promise<void>>;

  beforeAll(async () => {
    real = await startRealCluster(minorVersion);
    // All at once, as most of the time is spent waiting; each test waits for its own.
    played = new Map(CONTROLLER_SCENARIOS.map((scenario) => [scenario.name, play(scenario)]));
    await Promise.allSettled(played.values());
  });

  afterAll(async () => {
    await real.stop();
  });

  async function play({ name, steps }: ControllerScenario): Promise<void> {
    const namespace = `controllers-${CONTROLLER_SCENARIOS.findIndex((one) => one.name === name)}`;
    const simulated = await SimulatedSide.play(steps, { namespace, minorVersion });
    const hand = await real.enter(namespace);
    for (const [index, step] of steps.entries()) {
      await step(hand);
      const wanted = simulated.stages[index];
      expect(await real.settled(namespace, wanted), `after step ${index}`).toEqual(wanted);
    }
    await real.laterJobIsDone();
    expect(real.observed(namespace), 'in the end').toEqual(simulated.stages.at(-1));
    const history = real.history(namespace);
    expect(progress(history)).toEqual(progress(simulated.history));
    expect(breaches(simulated.history)).toEqual([]);
    expect(breaches(history)).toEqual([]);
  }

  test.each(CONTROLLER_SCENARIOS)('$name', async ({ name }) => {
    await expect(played.get(name)).resolves.toBeUndefined();
  });
});
