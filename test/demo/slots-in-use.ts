import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlPlaneBinaries } from '../controlplane/build.ts';
import type { ControlPlane } from '../controlplane/start.ts';
import { until } from '../controlplane/until.ts';

/** What is told of each change of a pod: kind of change, uid, phase, and slots, in a line. */
const LINE = [
  '{.type}',
  '{.object.metadata.uid}',
  '{.object.status.phase}',
  String.raw`{.object.metadata.labels.kpimailer\.io/slots}`,
].join('{" "}');

const ENDED = new Set(['Succeeded', 'Failed']);

/** Slots that pods take: now, and the most there ever were at once. */
export interface Count {
  readonly now: number;
  readonly most: number;
}

/** Counts slots by other means than the operator: kubectl watches pods, those that are being terminated too. */
export class SlotsInUse {
  readonly #log: string;

  private constructor(log: string) {
    this.#log = log;
  }

  /** Watches the pods of the namespace "default" as long as the control plane runs. */
  static async watch({ keeper, kubeconfig }: ControlPlane): Promise<SlotsInUse> {
    const { log } = await keeper.start({
      name: 'watch-pods',
      command: join(await controlPlaneBinaries(['kubectl']), 'kubectl'),
      args: [
        `--kubeconfig=${kubeconfig}`,
        'get',
        'pods',
        '--watch',
        '--output-watch-events',
        `--output=jsonpath=${LINE}{"\\n"}`,
      ],
    });
    return new SlotsInUse(log);
  }

  /** Waits until pods take so many slots; returns the most there ever were at once. */
  async see(slots: number): Promise<number> {
    let count: Count = { now: 0, most: 0 };
    await until(`pods take ${slots} slots`, () => {
      count = countSlots(readFileSync(this.#log, 'utf8'));
      return count.now === slots;
    });
    return count.most;
  }
}

/** Counts what kubectl has printed. */
export function countSlots(log: string): Count {
  const running = new Map<string, number>();
  let now = 0;
  let most = 0;
  for (const line of log.split('\n')) {
    const [change = '', uid = '', phase = '', slots = ''] = line.split(' ');
    if (uid === '') continue;
    if (change === 'DELETED' || ENDED.has(phase)) running.delete(uid);
    else running.set(uid, Number(slots === '' ? 1 : slots));
    now = [...running.values()].reduce((sum, one) => sum + one, 0);
    most = Math.max(most, now);
  }
  return { now, most };
}
