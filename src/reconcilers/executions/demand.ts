import type { QlikExecution } from '../../api/qlikexecution.ts';
import { ReferenceIndex } from '../../kubernetes/index.ts';
import { keyOf, splitKey, type Key, type KubernetesObject } from '../../kubernetes/object.ts';
import type { Store } from '../../kubernetes/store.ts';
import { isRequeued, queueStateOf, serverOfJob, type Job } from './job.ts';
import type { Claim } from './ledger.ts';
import { inOrder, type Waiting } from './queue-order.ts';
import {
  claimOfExecution,
  claimOfJob,
  queuedSince,
  standingOfExecution,
  standingOfJob,
  type Rules,
  type Standing,
} from './standing.ts';

/** Somebody who may hold slots, as the caches have it. */
export type Holder =
  | { readonly kind: 'Job'; readonly object: Job; readonly standing: Standing }
  | { readonly kind: 'QlikExecution'; readonly object: QlikExecution; readonly standing: Standing };

/** All who want to use a server or do, as the caches have it. */
export interface Demand {
  readonly holders: ReadonlyMap<string, Holder>;
  /** Those who wait, in order. */
  readonly queue: readonly Waiting[];
  readonly running: readonly Claim[];
}

export interface DemandStores {
  readonly jobs: Store<Job>;
  readonly executions: Store<QlikExecution>;
  /** Value of a PriorityClass, or of the one by default. */
  readonly priorityOf: (className: string | undefined) => number;
}

/** Knows who refers to which server. */
export class Demands {
  readonly #stores: DemandStores;
  readonly #jobs = new ReferenceIndex();
  readonly #executions = new ReferenceIndex();
  readonly #stops: (() => void)[] = [];

  constructor(stores: DemandStores) {
    this.#stores = stores;
  }

  /** Takes what the stores have, and follows them; `onChange`: told of each server that somebody's wishes have changed for. */
  attach(onChange: (server: Key) => void): void {
    const { jobs, executions } = this.#stores;
    this.#stops.push(
      follow(jobs, { index: this.#jobs, serverOf: serverOfJob, onChange }),
      follow(executions, { index: this.#executions, serverOf: serverOfExecution, onChange }),
    );
  }

  detach(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  of(server: Key, rules: Rules | undefined, now: number): Demand {
    const holders = new Map<string, Holder>();
    for (const key of this.#jobs.referrers(server)) {
      const object = this.#stores.jobs.get(key);
      if (object === undefined) continue;
      holders.set(object.metadata.uid, { kind: 'Job', object, standing: standingOfJob(object, rules, now) });
    }
    for (const key of this.#executions.referrers(server)) {
      const object = this.#stores.executions.get(key);
      if (object === undefined) continue;
      const standing = standingOfExecution(object, rules, now);
      holders.set(object.metadata.uid, { kind: 'QlikExecution', object, standing });
    }
    const all = [...holders.values()];
    return {
      holders,
      queue: inOrder(all.filter(isWaiting).map((holder) => this.#waiting(holder, now))),
      running: all.filter(({ standing }) => standing.kind === 'running').map(claimOf),
    };
  }

  /** Namespaces from which somebody wants to use a server. */
  namespacesOf(server: Key): ReadonlySet<string> {
    const keys = [...this.#jobs.referrers(server), ...this.#executions.referrers(server)];
    return new Set(keys.map((key) => splitKey(key).namespace));
  }

  #waiting(holder: Holder, now: number): Waiting {
    const { kind, object } = holder;
    if (kind === 'QlikExecution') {
      const since = Date.parse(object.metadata.creationTimestamp);
      const priority = this.#stores.priorityOf(object.spec.priorityClassName);
      return { claim: claimOfExecution(object), priority, since };
    }
    const { priority, priorityClassName } = object.spec.template.spec ?? {};
    return {
      claim: claimOfJob(object),
      priority: priority ?? this.#stores.priorityOf(priorityClassName),
      since: queuedSince(object, now),
    };
  }
}

interface Following<T> {
  readonly index: ReferenceIndex;
  readonly serverOf: (object: T) => Key | undefined;
  readonly onChange: (server: Key) => void;
}

/** Keeps an index of who refers to which server. */
function follow<T extends KubernetesObject>(
  store: Store<T>,
  { index, serverOf, onChange }: Following<T>,
): () => void {
  const take = (key: Key, before: T | undefined, after: T | undefined) => {
    const was = before === undefined ? undefined : serverOf(before);
    const is = after === undefined ? undefined : serverOf(after);
    index.set(key, is === undefined ? [] : [is]);
    for (const server of new Set([was, is])) if (server !== undefined) onChange(server);
  };
  for (const object of store.values()) take(keyOf(object), undefined, object);
  return store.onChange(take);
}

export function serverOfExecution({ metadata, spec: { serverRef } }: QlikExecution): Key {
  return `${serverRef.namespace ?? metadata.namespace}/${serverRef.name}`;
}

export function claimOf(holder: Holder): Claim {
  return holder.kind === 'Job' ? claimOfJob(holder.object) : claimOfExecution(holder.object);
}

function isWaiting({ standing }: Holder): boolean {
  return standing.kind === 'waiting';
}

/** What people should read on a Job; `undefined`, if it says so already or is not ours to write to. */
export function queueStateDue({ object, standing }: Holder & { kind: 'Job' }): string | undefined {
  const state = queueStateFor(standing);
  if (state === undefined || (queueStateOf(object) === state && !isRequeued(object))) return undefined;
  return state;
}

function queueStateFor(standing: Standing): string | undefined {
  switch (standing.kind) {
    case 'waiting':
      return 'Queued';
    case 'held':
      return 'Held';
    case 'refused':
      return `Refused:${standing.why}`;
    case 'expired':
      return 'Expired';
    case 'running':
    case 'ended':
    case 'others':
      return undefined;
  }
}
