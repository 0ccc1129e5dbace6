import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import { QUEUE_STATE_ANNOTATION, SERVER_NAMESPACE_LABEL, SLOTS_LABEL } from '../../../src/api/executions.ts';
import { API_VERSION, SERVER_LABEL } from '../../../src/api/group.ts';
import type { LedgerEntry, QlikExecutionLedger } from '../../../src/api/qlikexecutionledger.ts';
import type { Access } from '../../controlplane/kubeconfig.ts';
import { PATHS } from '../../integration/server/api.ts';
import { type BenchJob, isAdmitted, isComplete, serverOf } from './bench-job.ts';
import { JobWatch } from './job-watch.ts';

/** Whose Jobs are let run, and how many at once. */
export interface BareOrder {
  readonly access: Access;
  readonly namespace: string;
  readonly servers: Readonly<Record<string, number>>;
}

/** As many connections as the operator has. */
const CONNECTIONS = 16;

/**
 * The writes that no gate with a ledger can do without, and nothing else: for each change of who runs one CAS of the ledger,
 * then a patch for each Job. It believes its watch, reads nothing, asks for no rule, tells nobody, and is no safe gate.
 */
class BareGate {
  readonly #order: BareOrder;
  readonly #agent: Agent;
  readonly #slots = new Map<string, Slots>();

  constructor(order: BareOrder) {
    this.#order = order;
    this.#agent = new Agent({ connect: { ca: order.access.ca }, connections: CONNECTIONS, allowH2: false });
  }

  async open(): Promise<void> {
    const { access, namespace, servers } = this.#order;
    for (const [server, limit] of Object.entries(servers)) {
      const ledger = await this.#send<QlikExecutionLedger>('POST', PATHS.ledgers(namespace), {
        apiVersion: API_VERSION,
        kind: 'QlikExecutionLedger',
        metadata: { name: server },
        ledger: { formatVersion: 1, limit, entries: [] },
      });
      this.#slots.set(server, { limit, ledger, waiting: new Map(), ended: new Set(), isBusy: false });
    }
    await JobWatch.open(access, namespace, (job) => this.#seen(job));
  }

  #seen(job: BenchJob): void {
    const slots = this.#slots.get(serverOf(job))!;
    const { uid } = job.metadata;
    if (isComplete(job)) slots.ended.add(uid);
    else if (!isAdmitted(job) && !slots.ledger.ledger.entries.some((entry) => entry.uid === uid))
      slots.waiting.set(uid, job);
    void this.#fill(serverOf(job), slots);
  }

  async #fill(server: string, slots: Slots): Promise<void> {
    if (slots.isBusy) return;
    slots.isBusy = true;
    for (let next = nextOf(slots); next.admitted.length > 0; next = nextOf(slots)) {
      for (const { metadata } of next.admitted) slots.waiting.delete(metadata.uid);
      const path = `${PATHS.ledgers(this.#order.namespace)}/${server}?fieldValidation=Strict`;
      const ledger = { ...slots.ledger.ledger, entries: next.entries };
      slots.ledger = await this.#send('PUT', path, { ...slots.ledger, ledger });
      await Promise.all(next.admitted.map((job) => this.#admit(server, job)));
    }
    slots.isBusy = false;
  }

  #admit(
    server: string,
    { metadata: { namespace, name, uid, resourceVersion } }: BenchJob,
  ): Promise<unknown> {
    const labels = { [SERVER_LABEL]: server, [SERVER_NAMESPACE_LABEL]: namespace, [SLOTS_LABEL]: '1' };
    return this.#send('PATCH', `${PATHS.jobs(namespace)}/${name}`, {
      metadata: { uid, resourceVersion, annotations: { [QUEUE_STATE_ANNOTATION]: 'Admitted' } },
      spec: { suspend: false, template: { metadata: { labels } } },
    });
  }

  async #send<T>(method: 'POST' | 'PUT' | 'PATCH', path: string, content: object): Promise<T> {
    const { url, token } = this.#order.access;
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const body = JSON.stringify(content);
    const answer = await this.#agent.request({ origin: url, method, path, headers, body });
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${await answer.body.text()}`);
    return (await answer.body.json()) as T;
  }
}

interface Slots {
  readonly limit: number;
  ledger: QlikExecutionLedger;
  /** By uid, in the order in which they were seen. */
  readonly waiting: Map<string, BenchJob>;
  readonly ended: Set<string>;
  isBusy: boolean;
}

function nextOf({ limit, ledger, waiting, ended }: Slots): {
  entries: LedgerEntry[];
  admitted: BenchJob[];
} {
  const kept = ledger.ledger.entries.filter(({ uid }) => !ended.has(uid));
  const admitted = [...waiting.values()].slice(0, limit - kept.length);
  return { entries: [...kept, ...admitted.map(entryOf)], admitted };
}

function entryOf({ metadata: { uid, namespace, name } }: BenchJob): LedgerEntry {
  return { kind: 'Job', uid, namespace, name, weight: 1, attempt: 1, since: new Date().toISOString() };
}

await new BareGate(JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as BareOrder).open();
process.stdout.write('ready\n');
