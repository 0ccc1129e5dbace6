import { splitKey, type Key } from '../../kubernetes/object.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { readServer } from '../server/status.ts';
import type { AppWriter } from './app-writer.ts';
import type { WriteBudget } from './write-budget.ts';

export interface OrphansOptions {
  readonly rest: ApiClient;
  readonly writer: AppWriter;
  readonly budget: WriteBudget;
}

/**
 * Removes the QlikApps of servers that are deleted. The garbage collector of Kubernetes would, at twenty a second: 17
 * minutes for 20,000. What this leaves over, it takes.
 */
export class Orphans {
  readonly #options: OrphansOptions;
  readonly #gone = new Map<Key, Set<string>>();

  constructor(options: OrphansOptions) {
    this.#options = options;
  }

  /** A server is not seen any more: deleted, or only out of sight. */
  add(key: Key, uid: string): void {
    this.#gone.set(key, new Set(this.#gone.get(key)).add(uid));
  }

  /** Removes what the gone servers of that name have left, and of no other. */
  async remove(key: Key, signal: AbortSignal): Promise<void> {
    const gone = this.#gone.get(key);
    if (gone === undefined) return;
    const { rest, writer, budget } = this.#options;
    const server = splitKey(key);
    // A server that has lost the label by which it is selected is another operator's now.
    const alive = await readServer(rest, key);
    if (alive !== undefined) gone.delete(alive.metadata.uid);
    const orphans = await writer.list(server, signal, ({ metadata }) =>
      (metadata.ownerReferences ?? []).some(({ uid }) => gone.has(uid)),
    );
    const removed = [...orphans.values()].map((app) =>
      budget.write(() => writer.remove(server.namespace, app), { signal }),
    );
    await Promise.all(removed);
    this.#gone.delete(key);
  }
}
