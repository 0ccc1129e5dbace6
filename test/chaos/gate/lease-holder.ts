import { setTimeout as delay } from 'node:timers/promises';
import { type Api, PATHS } from '../../integration/server/api.ts';
import { type ExecutionObject, isTrue } from './objects.ts';

const SECONDS = 10;
const RENEW_EVERY = 2_000;

/** When a program stops to renew: it ends its work and says so, or it just falls silent and works on while it may. */
export type Fate = 'deletes' | 'falls silent';

/**
 * A program that holds a slot by its Lease, as docs/qlikexecution.md says: it works for one duration after it has sent a
 * renewal, if the QlikExecution, read after that, says Admitted and not expired.
 */
export class LeaseHolder {
  readonly #api: Api;
  readonly #path: string;
  readonly #leases: string;
  readonly #name: string;
  #worksUntil = Number.NEGATIVE_INFINITY;

  private constructor(api: Api, namespace: string, name: string) {
    this.#api = api;
    this.#name = name;
    this.#path = `${PATHS.executions(namespace)}/${name}`;
    this.#leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  }

  /** Asks for a slot. */
  static async create(
    api: Api,
    namespace: string,
    { name, server, slots }: { readonly name: string; readonly server: string; readonly slots: number },
  ): Promise<LeaseHolder & { readonly uid: string }> {
    const made = await api.create<ExecutionObject>(PATHS.executions(namespace), {
      apiVersion: 'kpimailer.io/v1alpha1',
      kind: 'QlikExecution',
      metadata: { name },
      spec: {
        serverRef: { name: server },
        slots,
        leaseDurationSeconds: SECONDS,
        priorityClassName: 'urgent',
      },
    });
    const holder = new LeaseHolder(api, namespace, name);
    return Object.assign(holder, { uid: made.metadata.uid });
  }

  get isWorking(): boolean {
    return performance.now() < this.#worksUntil;
  }

  /** Renews until it has worked for so many renewals, then meets its fate. */
  async run(renewals: number, fate: Fate, signal: AbortSignal): Promise<void> {
    let left = renewals;
    while (left > 0 && !signal.aborted) {
      const state = await this.#renew().catch(() => 'unknown' as const);
      if (state === 'gone') return;
      if (state === 'admitted') left -= 1;
      await delay(RENEW_EVERY, undefined, { signal }).catch(() => {});
    }
    if (fate === 'deletes' || signal.aborted) await this.#stop();
  }

  async #renew(): Promise<'admitted' | 'waits' | 'gone'> {
    const sentAt = performance.now();
    const spec = { renewTime: new Date().toISOString().replace('Z', '000Z') };
    const lease = { metadata: { name: this.#name }, spec };
    const renewed = this.#api.patch(`${this.#leases}/${this.#name}`, { spec });
    await renewed.catch(() => this.#api.create(this.#leases, lease));
    const execution = await this.#read();
    if (execution === undefined || execution.status?.expiredTime !== undefined) {
      this.#worksUntil = Number.NEGATIVE_INFINITY;
      return 'gone';
    }
    if (!isTrue(execution, 'Admitted')) return 'waits';
    this.#worksUntil = sentAt + SECONDS * 1000;
    return 'admitted';
  }

  async #read(): Promise<ExecutionObject | undefined> {
    const { items } = await this.#api.get<{ items: readonly ExecutionObject[] }>(
      `${this.#path.slice(0, this.#path.lastIndexOf('/'))}?fieldSelector=metadata.name%3D${this.#name}`,
    );
    return items[0];
  }

  /** Ends the work, and only then gives the slot back. */
  async #stop(): Promise<void> {
    this.#worksUntil = Number.NEGATIVE_INFINITY;
    await this.#api.delete(this.#path).catch(() => {});
  }
}
