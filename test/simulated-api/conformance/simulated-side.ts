import { clientOf } from '../client.ts';
import { SimulatedCluster } from '../cluster.ts';
import { JOBS } from '../jobs.ts';
import type { Change } from '../object-store.ts';
import { PODS } from '../pods.ts';
import type { ControllerScenario } from './controller-scenarios.ts';
import { Hand } from './hand.ts';
import { type Observed, observed } from './observed.ts';

/** What the simulated controllers make of a scenario. */
export class SimulatedSide {
  /** What there is after each step. */
  readonly stages: Observed[] = [];
  readonly history: Change[] = [];

  static async play(
    steps: ControllerScenario['steps'],
    { namespace, minorVersion }: { readonly namespace: string; readonly minorVersion: number },
  ): Promise<SimulatedSide> {
    const side = new SimulatedSide();
    const cluster = new SimulatedCluster({ seed: namespace, mostLag: 0, lifeOf: 'by hand', minorVersion });
    for (const resource of [JOBS, PODS])
      cluster.server.onChange(resource, (change) => side.history.push(change));
    const hand = new Hand(clientOf(cluster.server), namespace);
    await hand.createNamespace();
    for (const step of steps) {
      await step(hand);
      cluster.settle();
      side.stages.push(observed([...cluster.server.objects(JOBS), ...cluster.server.objects(PODS)]));
    }
    return side;
  }
}
