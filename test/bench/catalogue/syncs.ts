import type { QlikApp } from '../../../src/api/qlikapp.ts';
import { type AuditEntry, auditEntries } from '../../controlplane/audit.ts';
import type { Api } from '../../integration/server/api.ts';
import { MeasuredProcess } from '../measured-process.ts';
import type { Figures } from '../metrics.ts';
import type { Responder } from '../responder/responder.ts';
import type { Subject } from '../subjects.ts';
import { type Load, type Span, Window } from '../window.ts';
import { CataloguedServer } from './catalogued-server.ts';
import type { CatalogueStage } from './stage.ts';

const MIB_KIB = 1024;
const SECOND_MS = 1000;
const CHURN = 0.01;
const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

export interface SyncsResult {
  readonly figures: Figures;
  readonly loads: readonly Load[];
  /** What the syncs have left in the cluster. */
  readonly apps: readonly QlikApp[];
}

interface SyncsStage extends CatalogueStage {
  /** A site with as many apps as the settings say. */
  readonly responder: Responder;
}

export interface SyncsOptions {
  readonly subject: Subject;
  readonly api: Api;
  /** Where the Secret and the ConfigMap of the server are. */
  readonly namespace: string;
  /** A new one, of the process. */
  readonly name: string;
}

/** One life of the operator with one server: without apps, with all of them new, with nothing new, with some changed. */
export class Syncs {
  readonly #stage: SyncsStage;
  readonly #user: string;
  readonly #process: MeasuredProcess;
  readonly #loads: Load[] = [];

  private constructor(stage: SyncsStage, process: MeasuredProcess) {
    this.#stage = stage;
    this.#process = process;
    this.#user = process.subject.name;
  }

  static async measure(stage: SyncsStage, options: SyncsOptions): Promise<SyncsResult> {
    const { subject, name } = options;
    const core = stage.cores.measured;
    const process = await MeasuredProcess.start(stage.controlPlane.keeper, name, { subject, core });
    const syncs = new Syncs(stage, process);
    await process.ready();
    const result = await syncs.#run(options);
    await process.end();
    return result;
  }

  async #run({ api, namespace }: SyncsOptions): Promise<SyncsResult> {
    const { responder, settings } = this.#stage;
    const { apps, settle } = settings;
    const server = await CataloguedServer.create(api, { namespace, responder, apps });
    await this.#process.run(settle);
    const base = this.#process.memory();

    const first = await this.#span('first sync', () => server.enableApps());
    assertWritten('first sync', first.writes, apps);
    await this.#process.run(settle);
    const idle = await this.#span('idle sync', () => server.sync('idle'));
    await this.#process.run(settle);

    const changed = Math.ceil(apps * CHURN);
    await responder.changeApps(changed);
    const churn = await this.#span('churn', () => server.sync('churn'));
    await this.#process.run(settle);
    const memory = this.#process.memory();
    const kept = await server.apps();
    assertWritten('churn', modified(kept), changed);
    return {
      apps: kept,
      loads: this.#loads,
      figures: {
        catalogueFirst: first.ms / SECOND_MS,
        catalogueFirstCpu: first.cpu.total / apps,
        catalogueIdleWrites: idle.writes,
        catalogueIdleCpu: idle.cpu.total / SECOND_MS,
        catalogueIdleTime: idle.ms / SECOND_MS,
        catalogueChurnWrites: churn.writes / changed,
        catalogueChurnCpu: churn.cpu.total / SECOND_MS,
        catalogueRss: (memory.resident - base.resident) / MIB_KIB,
        cataloguePeak: (memory.peak - base.resident) / MIB_KIB,
      },
    };
  }

  async #span(what: string, work: () => Promise<void>): Promise<Span & { readonly writes: number }> {
    const before = this.#writes();
    const window = await Window.open(this.#stage, this.#process);
    await work();
    const span = await window.close(this.#process);
    const writes = this.#writes() - before;
    this.#loads.push(span.load);
    const [time, cpu] = [span.ms, span.cpu.total].map((ms) => (ms / SECOND_MS).toFixed(2));
    this.#stage.say(`  ${what}: ${time} s, ${writes} writes, ${cpu} s of CPU`);
    return { ...span, writes };
  }

  #writes(): number {
    return appWritesOf(this.#user, auditEntries(this.#stage.controlPlane));
  }
}

/** How often a user has written a QlikApp. */
export function appWritesOf(
  user: string,
  entries: readonly Pick<AuditEntry, 'user' | 'verb' | 'objectRef'>[],
): number {
  return entries.filter(
    ({ user: { username }, verb, objectRef }) =>
      username === user && objectRef?.resource === 'qlikapps' && WRITES.has(verb),
  ).length;
}

/** How many were modified after they were published: those that the site has changed. */
function modified(apps: readonly QlikApp[]): number {
  return apps.filter(({ app }) => app.modifiedAt !== app.publishedAt).length;
}

function assertWritten(what: string, actual: number, expected: number): void {
  if (actual !== expected)
    throw new Error(
      `The ${what} has written ${actual} of ${expected} QlikApps; figures would be of other work`,
    );
}
