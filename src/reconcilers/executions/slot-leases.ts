import type { QlikExecution } from '../../api/qlikexecution.ts';
import { unlessAbsent } from '../../kubernetes/api-error.ts';
import { LEASES, objectPath } from '../../kubernetes/resource.ts';
import type { ApiClient } from '../../kubernetes/term.ts';

interface Renewal {
  /** `renewTime` of the Lease; it is only compared with itself, as the clock of the holder is not ours. */
  readonly time: string;
  readonly seenAt: number;
}

/** The Leases that holders of slots renew, judged by the clock of this process alone. */
export class SlotLeases {
  readonly #rest: ApiClient;
  readonly #now: () => number;
  readonly #renewals = new Map<string, Renewal>();
  readonly #expirations = new Map<string, number>();

  /** `now`: milliseconds of a clock that is never set. */
  constructor(rest: ApiClient, now: () => number) {
    this.#rest = rest;
    this.#now = now;
  }

  /** Milliseconds until the holder must have renewed; 0 or less when it has not done so in time. */
  async remaining(execution: QlikExecution): Promise<number> {
    const { uid } = execution.metadata;
    const before = this.#renewals.get(uid);
    const left = before === undefined ? 0 : before.seenAt + durationOf(execution) - this.#now();
    if (left > 0) return left;
    const time = await this.#renewTime(execution);
    if (before?.time === time) return left;
    this.#renewals.set(uid, { time, seenAt: this.#now() });
    return durationOf(execution);
  }

  /** Whether the holder of an expired slot has stopped: it works no longer than one duration after it could know. */
  isGraceOver(execution: QlikExecution): boolean {
    const { uid } = execution.metadata;
    const since = this.#expirations.get(uid) ?? this.#now();
    this.#expirations.set(uid, since);
    return this.#now() - since >= durationOf(execution);
  }

  forget(uid: string): void {
    this.#renewals.delete(uid);
    this.#expirations.delete(uid);
  }

  async #renewTime({ metadata: { namespace, name } }: QlikExecution): Promise<string> {
    const path = objectPath(LEASES, { namespace, name });
    const read = this.#rest.request<{ spec?: { renewTime?: string } }>({ method: 'GET', path });
    return (await unlessAbsent(read))?.spec?.renewTime ?? '';
  }
}

export function durationOf({ spec }: QlikExecution): number {
  return (spec.leaseDurationSeconds ?? 0) * 1000;
}
