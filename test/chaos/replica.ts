import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../controlplane/start.ts';
import { Operator } from '../integration/server/operator.ts';
import { type FaultProxy, startFaultProxy } from './proxy/start.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

const FLAGS = [
  '--metrics-address=127.0.0.1:0',
  '--health-address=127.0.0.1:0',
  '--log-level=trace',
  '--min-check-interval=1s',
  '--allow-local-targets=true',
  // Shorter than in production, so that a change of leader takes seconds.
  '--lease-duration=6s',
  '--renew-deadline=4s',
  '--retry-period=1s',
  '--lease-namespace=default',
];

/** As the chart has them; they decide how much memory is kept. */
const ENVIRONMENT = {
  NODE_OPTIONS: '--max-semi-space-size=4',
  MALLOC_ARENA_MAX: '2',
  UV_THREADPOOL_SIZE: '64',
};

/** How a replica differs from the usual one. */
interface ReplicaOptions {
  /** A bundle. @default the source */
  readonly main?: string;
  /** Further flags, which win over the usual ones. @default none */
  readonly flags?: readonly string[];
}

/** One replica of the operator behind a fault proxy of its own, as a user of its own. */
export class Replica {
  readonly name: string;
  readonly proxy: FaultProxy;
  readonly #controlPlane: ControlPlane;
  readonly #options: ReplicaOptions;
  readonly #processes: Operator[] = [];
  /** Processes that were ended by somebody else than themselves. */
  readonly #ended = new Set<Operator>();

  private constructor(
    name: string,
    controlPlane: ControlPlane,
    { proxy, ...options }: ReplicaOptions & { readonly proxy: FaultProxy },
  ) {
    this.name = name;
    this.#options = options;
    this.proxy = proxy;
    this.#controlPlane = controlPlane;
  }

  /** `name` is a user of the control plane, and what the API server takes it for. */
  static async start(
    controlPlane: ControlPlane,
    name: string,
    seed: number,
    options: ReplicaOptions = {},
  ): Promise<Replica> {
    const { url, ca, folder } = controlPlane;
    const kubeconfig = JSON.parse(readFileSync(controlPlane.kubeconfigs[name] ?? '', 'utf8')) as {
      users: [{ user: { token: string } }];
    };
    const { token } = kubeconfig.users[0].user;
    const proxy = await startFaultProxy({ upstream: { url, ca, token }, seed, folder, userAgent: name });
    const replica = new Replica(name, controlPlane, { ...options, proxy });
    await replica.run();
    return replica;
  }

  async run(): Promise<void> {
    const { keeper } = this.#controlPlane;
    const name = `${this.name}-${this.#processes.length}`;
    const { main = MAIN, flags = [] } = this.#options;
    const args = [`--kubeconfig=${this.proxy.kubeconfig}`, ...FLAGS, ...flags];
    this.#processes.push(await Operator.start(keeper, name, { main, args, env: ENVIRONMENT }));
  }

  get operator(): Operator {
    const operator = this.#processes.at(-1);
    if (operator === undefined) throw new Error(`${this.name} was never started`);
    return operator;
  }

  async isLeader(): Promise<boolean> {
    const series = await this.operator.series('qlik_operator_leader').catch(() => []);
    return series[0]?.endsWith(' 1') === true;
  }

  async end(how: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { operator } = this;
    this.#ended.add(operator);
    await (how === 'SIGKILL' ? operator.kill() : operator.end());
  }

  /** SIGSTOP: it stands still, with all its connections open. */
  freeze(): void {
    process.kill(this.operator.pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.operator.pid, 'SIGCONT');
  }

  /** Resident memory in MiB. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.operator.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? 0) / 1024;
  }

  /** All that its processes have logged. */
  readonly logs = (): string => this.#processes.map(({ logText }) => logText).join('\n');

  /** What went wrong by the replica's own fault. */
  faults(): string[] {
    return this.#processes.flatMap((operator) => {
      const died = operator.exit !== undefined && !this.#ended.has(operator);
      const errors = operator.log.filter(
        ({ level, msg }) => level === 'fatal' || /unexpected error/u.test(msg),
      );
      return [
        ...(died
          ? [`${this.name} ended by itself:\n${operator.logText.split('\n').slice(-5).join('\n')}`]
          : []),
        ...errors.map(({ msg }) => `${this.name}: ${msg}`),
      ];
    });
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
  }
}
