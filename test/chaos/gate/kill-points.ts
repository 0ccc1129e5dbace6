import type { Match } from '../proxy/fault.ts';

/** A write of the gate's protocol, as it passes the proxy. */
interface Write extends Match {
  readonly what: string;
}

const job = { method: 'PATCH', path: /\/jobs\/[^/]+$/u } as const;
const execution = { method: 'PATCH', path: /\/qlikexecutions\/[^/]+$/u } as const;
const executionStatus = { method: 'PATCH', path: /\/qlikexecutions\/[^/]+\/status$/u } as const;
const ledger = { path: /\/qlikexecutionledgers\/[^/]+$/u } as const;

/** All of them: src/reconcilers/executions writes nothing else, and the last one is how the figures reach the status. */
export const WRITES: readonly Write[] = [
  { what: 'create a ledger', method: 'POST', path: /\/qlikexecutionledgers$/u },
  { what: 'replace a ledger', method: 'PUT', ...ledger },
  { what: 'delete a ledger', method: 'DELETE', ...ledger },
  { what: 'touch a Job', ...job, body: /"kpimailer\.io\/touched"/u },
  { what: 'admit a Job', ...job, body: /"suspend":false/u },
  {
    what: 'say where a Job stands',
    ...job,
    body: /"kpimailer\.io\/queue-state":"(?!Admitted|Refused:Invalid)/u,
  },
  { what: 'refuse a Job', ...job, body: /"kpimailer\.io\/queue-state":"Refused:Invalid"/u },
  { what: 'record why', method: 'POST', path: /\/events$/u, body: /"reason":"Refused"/u },
  { what: 'touch a QlikExecution', ...execution, body: /"kpimailer\.io\/touched"/u },
  { what: 'admit a QlikExecution', ...executionStatus, body: /"reason":"Admitted"/u },
  {
    what: 'say where a QlikExecution stands',
    ...executionStatus,
    body: /"reason":"(?!Admitted|Ended|Expired)/u,
  },
  { what: 'expire a QlikExecution', ...executionStatus, body: /"expiredTime"/u },
  { what: 'end a QlikExecution', ...executionStatus, body: /"reason":"Ended"/u },
  {
    what: 'copy the figures into the status',
    method: 'PUT',
    path: /\/qlikservers\/[^/]+\/status$/u,
    body: /"executions":\{"limit"/u,
  },
];

/** A moment at which the operator is killed: just before one of its writes is made, or just after. */
export interface KillPoint {
  readonly name: string;
  readonly write: Write;
  readonly at: 'request' | 'answer';
}

export const KILL_POINTS: readonly KillPoint[] = WRITES.flatMap((write) => [
  { name: `before: ${write.what}`, write, at: 'request' as const },
  { name: `after: ${write.what}`, write, at: 'answer' as const },
]);

/** How often each moment was met. */
export class Kills {
  readonly #counts = new Map(KILL_POINTS.map((point) => [point, 0]));

  /** Those that were met least often. */
  get wanted(): readonly KillPoint[] {
    const least = Math.min(...this.#counts.values());
    return KILL_POINTS.filter((point) => this.#counts.get(point) === least);
  }

  met(point: KillPoint): void {
    this.#counts.set(point, (this.#counts.get(point) ?? 0) + 1);
  }

  get missing(): readonly string[] {
    return [...this.#counts].filter(([, count]) => count === 0).map(([{ name }]) => name);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get summary(): string {
    return [...this.#counts].map(([{ name }, count]) => `${count} ${name}`).join(', ');
  }
}
