import { until } from '../controlplane/until.ts';
import type { Fleet } from './fleet.ts';
import { bootFigures, idleFigures, restartFigures, steadyFigures } from './figures.ts';
import { MeasuredProcess } from './measured-process.ts';
import type { Figures, Scenario } from './metrics.ts';
import { needsServers, needsSteady, type Settings } from './settings.ts';
import type { Subject } from './subjects.ts';
import { type Span, type Surroundings, Window } from './window.ts';

/** Everything that the lives of all programs share. */
export interface Stage extends Surroundings {
  readonly fleet: Fleet;
  readonly settings: Settings;
  readonly say: (text: string) => void;
}

/** What a program was measured to do, in figures and as it was measured. */
export interface LifeResult {
  readonly figures: Figures;
  readonly spans: ReadonlyMap<Scenario, Span>;
}

const SIGN_IN = 'POST /qps/kpi/ticket';
const PROGRESS_SECONDS = 20;
/** Beyond the ten servers per second that both allow themselves. */
const BOOT_GRACE_MS = 60_000;

/** One life of a program in a cluster without servers: alone, with new servers, with old ones, and started again. */
export class Life {
  readonly #stage: Stage;
  readonly #subject: Subject;
  readonly #name: string;
  readonly #spans = new Map<Scenario, Span>();
  #process: MeasuredProcess;

  private constructor(stage: Stage, subject: Subject, { name, process }: NamedProcess) {
    this.#stage = stage;
    this.#subject = subject;
    this.#name = name;
    this.#process = process;
  }

  /** `name` must be a new one. Leaves no servers behind. */
  static async measure(stage: Stage, subject: Subject, name: string): Promise<LifeResult> {
    const process = await startProcess(stage, subject, name);
    const life = new Life(stage, subject, { name, process });
    const figures = await life.#run();
    await life.#process.end();
    await stage.fleet.clear();
    return { figures, spans: life.#spans };
  }

  async #run(): Promise<Figures> {
    const { scenarios, settle } = this.#stage.settings;
    await this.#process.ready();
    await this.#process.run(settle);
    let figures: Figures = {};
    if (scenarios.has('idle')) figures = { ...figures, ...(await this.#idle()) };
    const base = this.#process.memory();
    if (needsServers(scenarios)) figures = { ...figures, ...(await this.#boot()) };
    if (needsSteady(scenarios)) {
      await this.#process.run(settle);
      const steady = await this.#span('steady', () => this.#process.run(this.#stage.settings.steady));
      const size = { base, memory: this.#process.memory(), servers: this.#stage.fleet.size };
      figures = { ...figures, ...steadyFigures(steady, size) };
      if (scenarios.has('restart')) figures = { ...figures, ...(await this.#restart(steady)) };
    }
    return figures;
  }

  async #idle(): Promise<Figures> {
    const span = await this.#span('idle', () => this.#process.run(this.#stage.settings.idle));
    return idleFigures(span, this.#process.memory());
  }

  async #boot(): Promise<Figures> {
    const span = await this.#span('boot', () => this.#judgeAll());
    return bootFigures(span, this.#stage.fleet.size);
  }

  async #restart(steady: Span): Promise<Figures> {
    await this.#process.end();
    const window = await Window.open(this.#stage, undefined);
    this.#process = await startProcess(this.#stage, this.#subject, `${this.#name}-again`);
    await this.#process.ready();
    const start = this.#process.cpu();
    const { interval } = this.#stage.settings;
    await this.#process.run(interval);
    const span = await this.#close('restart', window);
    return restartFigures(span, { steady, start: start.user + start.system, interval });
  }

  async #span(what: Scenario, work: () => Promise<void>): Promise<Span> {
    const window = await Window.open(this.#stage, this.#process);
    await work();
    return this.#close(what, window);
  }

  async #close(what: Scenario, window: Window): Promise<Span> {
    const span = await window.close(this.#process);
    this.#spans.set(what, span);
    const { cpu, checks, ms } = span;
    this.#stage.say(
      `  ${what}: ${(ms / 1000).toFixed(0)} s, ${checks} checks, ${(cpu.total / 1000).toFixed(2)} s of CPU`,
    );
    return span;
  }

  /** Creates the servers; resolves when all are Ready. */
  async #judgeAll(): Promise<void> {
    const { fleet, responder, say, settings } = this.#stage;
    const signIns = async () => (await responder.counters()).byPath[SIGN_IN] ?? 0;
    const before = await signIns();
    await fleet.create();
    let told = performance.now();
    const deadlineMs = fleet.size * 100 + settings.interval * 1000 + BOOT_GRACE_MS;
    // Each server signs in once before it can be Ready; to look at them all any earlier would be mere load.
    const haveSignedIn = async (): Promise<boolean> => {
      this.#process.assertRuns();
      const count = (await signIns()) - before;
      if (performance.now() - told > PROGRESS_SECONDS * 1000) {
        told = performance.now();
        say(`  ${count} of ${fleet.size} servers have been signed in to`);
      }
      return count >= fleet.size;
    };
    await until('all servers are signed in to', haveSignedIn, { deadlineMs, everyMs: 200 });
    await until('all servers are Ready', async () => (await fleet.ready()) === fleet.size, { everyMs: 300 });
  }
}

interface NamedProcess {
  readonly name: string;
  readonly process: MeasuredProcess;
}

function startProcess(
  { controlPlane, cores }: Surroundings,
  subject: Subject,
  name: string,
): Promise<MeasuredProcess> {
  return MeasuredProcess.start(controlPlane.keeper, name, { subject, core: cores.measured });
}
