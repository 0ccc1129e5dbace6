import { startControlPlane } from '../controlplane/start.ts';
import { Api } from '../integration/server/api.ts';
import { applyRelaxedCrds } from '../integration/server/relaxed-crd.ts';
import { measureCatalogue } from './catalogue/catalogue.ts';
import type { Pair } from './comparison.ts';
import { moveTo, requireCores } from './cores.ts';
import { Fleet } from './fleet.ts';
import { measureGate } from './gate/gate.ts';
import { Life, type LifeResult, type Stage } from './life.ts';
import { describeMachine, kubernetesVersion, type Machine } from './machine.ts';
import { responderProgram } from './programs.ts';
import { Responder } from './responder/responder.ts';
import type { Settings } from './settings.ts';
import { buildOperator, operatorSubject, peerSubject, type Subject, SUBJECT_USERS } from './subjects.ts';
import type { Load } from './window.ts';

/** QlikServers whose Jobs wait, and how often one of them is freed while nothing else happens. */
const GATED_SERVERS = 50;
const TURNS = 50;

type Name = Subject['name'];

interface Prepared {
  readonly machine: Machine;
  readonly api: Api;
  readonly stage: Stage;
  readonly subjects: Readonly<Record<Name, Subject>>;
}

/** Measures lives of both programs, one after the other, all on one control plane. */
export class Measurement implements AsyncDisposable {
  readonly machine: Machine;
  readonly #parts: AsyncDisposableStack;
  readonly #api: Api;
  readonly #stage: Stage;
  readonly #subjects: Readonly<Record<Name, Subject>>;
  readonly #loads: Load[] = [];
  #lives = 0;
  #catalogues = 0;
  #gates = 0;

  private constructor(parts: AsyncDisposableStack, { machine, api, stage, subjects }: Prepared) {
    this.#parts = parts;
    this.machine = machine;
    this.#api = api;
    this.#stage = stage;
    this.#subjects = subjects;
  }

  /** Builds the programs and starts all that they need. From then on this process and its children share one core. */
  static async open(settings: Settings, say: (text: string) => void): Promise<Measurement> {
    const cores = requireCores();
    // Builds have all cores.
    const bundle = await buildOperator();
    await responderProgram();
    const machine = await describeMachine();
    moveTo(cores.rest);

    await using parts = new AsyncDisposableStack();
    const controlPlane = parts.use(await startControlPlane({ audit: true, users: SUBJECT_USERS }));
    const api = new Api(controlPlane);
    parts.defer(() => api.close());
    await applyRelaxedCrds(controlPlane, api);
    const latency = `--latency=${settings.latency}ms`;
    const responder = await Responder.start(controlPlane.keeper, 'responder', [latency]);
    const fleet = await Fleet.prepare(api, responder, settings);
    const subjects = {
      operator: await operatorSubject(bundle, controlPlane, settings),
      peer: await peerSubject(controlPlane, settings),
    };
    say(`Measuring on core ${cores.measured}, all the rest on core ${cores.rest}`);
    return new Measurement(parts.move(), {
      machine: { ...machine, kubernetes: await kubernetesVersion(api) },
      api,
      stage: { controlPlane, responder, cores, settings, say, fleet },
      subjects,
    });
  }

  /** How busy the machine was, at everything that was measured so far. */
  get loads(): readonly Load[] {
    return this.#loads;
  }

  /** How many of both programs were measured so far. */
  get lives(): number {
    return this.#lives;
  }

  /** Two lives; whose comes first should not be the same each time, as a machine may become slower or faster. */
  async pair(first: Name): Promise<Pair> {
    if (first === 'operator') {
      const operator = await this.life('operator');
      return { operator: operator.figures, peer: (await this.life('peer')).figures };
    }
    const peer = await this.life('peer');
    return { peer: peer.figures, operator: (await this.life('operator')).figures };
  }

  async life(name: Name): Promise<LifeResult> {
    this.#lives += 1;
    this.#stage.say(`Life ${this.#lives}: ${name}`);
    const life = await Life.measure(this.#stage, this.#subjects[name], `${name}-${this.#lives}`);
    this.#loads.push(...[...life.spans.values()].map(({ load }) => load));
    return life;
  }

  /** The syncs of many apps, beside a bare loop. */
  async catalogue(): Promise<Pair> {
    this.#catalogues += 1;
    this.#stage.say(`Catalogue ${this.#catalogues}: ${this.#stage.settings.apps} apps`);
    const options = {
      api: this.#api,
      operator: this.#subjects.operator,
      name: `catalogue-${this.#catalogues}`,
    };
    const { pair, loads } = await measureCatalogue(this.#stage, options);
    this.#loads.push(...loads);
    return pair;
  }

  /** How Jobs are let run, beside a bare gate. */
  async gate(): Promise<Pair> {
    this.#gates += 1;
    const { jobs } = this.#stage.settings;
    this.#stage.say(`Gate ${this.#gates}: ${jobs} Jobs`);
    const { pair, loads } = await measureGate(this.#stage, {
      api: this.#api,
      operator: this.#subjects.operator,
      name: `gate-${this.#gates}`,
      size: { servers: GATED_SERVERS, jobs, turns: TURNS },
    });
    this.#loads.push(...loads);
    return pair;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}
