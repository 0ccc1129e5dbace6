import { setImmediate as idle } from 'node:timers/promises';
import { SERVER_LABEL } from '../../src/api/group.ts';
import { ApiError } from '../../src/kubernetes/api-error.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import { Random } from '../chaos/random.ts';
import { SimulatedCluster } from '../simulated-api/cluster.ts';
import { isFinished, type Job } from '../simulated-api/job.ts';
import { JOBS } from '../simulated-api/jobs.ts';
import type { PodLife } from '../simulated-api/kubelet.ts';
import { isTerminal, PODS, type Pod } from '../simulated-api/pods.ts';
import { QLIK_EXECUTION_LEDGERS, QLIK_EXECUTIONS } from '../simulated-api/resources.ts';
import { Agenda } from './agenda.ts';
import { Observer } from './observer.ts';
import { Operator } from './operator.ts';
import { OwnEnds } from './own-ends.ts';
import { People } from './people.ts';
import { isDelicate, stepOf } from './protocol-step.ts';
import { Weather } from './weather.ts';
import { NoAnswer, type Moment, type Wire } from './wire.ts';

const REPLICAS = ['a', 'b'] as const;
const MINUTE = 60_000;
/** Trouble lasts this long; afterwards there is this much time to come to rest. */
const TROUBLE = 3 * MINUTE;
const REST = 30 * MINUTE;

/** What came of a life. */
export interface Outcome {
  readonly seed: string;
  readonly breaches: readonly string[];
  /** Moments at which an operator was killed: `before PUT qlikexecutionledgers`, … */
  readonly kills: readonly string[];
  readonly requests: number;
  readonly admissions: number;
  /** Why operators have ended by themselves. */
  readonly ownEnds: readonly string[];
  readonly trace: readonly string[];
}

/** A few minutes of two operators, in which they are killed again and again; the same again for the same seed. */
export class Life {
  readonly #seed: string;
  readonly #weather: Weather;
  readonly #cluster: SimulatedCluster;
  readonly #observer: Observer;
  readonly #people: People;
  readonly #starts = new Agenda();
  readonly #kills: string[] = [];
  readonly #faults: string[] = [];
  readonly #ownEnds: string[] = [];
  readonly #running = new Map<Wire, () => void>();
  readonly #trace: string[] = [];
  readonly #beginning: number;
  #requests = 0;
  #processes = 0;
  #isAwake = false;

  constructor(seed: string) {
    this.#seed = seed;
    this.#weather = new Weather(seed);
    this.#cluster = new SimulatedCluster({ seed, lifeOf: (pod) => lifeOf(seed, pod) });
    const { server, now } = this.#cluster;
    this.#beginning = now();
    this.#observer = new Observer(server);
    this.#people = new People({
      server,
      random: new Random(seed, 'people'),
      now,
      until: now() + TROUBLE,
      observer: this.#observer,
      onAction: (what) => this.#say(what),
      onWorker: (worker) => {
        this.#observer.workers.set(worker.uid, worker);
        this.#cluster.join(worker);
      },
    });
    this.#cluster.join(this.#people);
    this.#cluster.join(this.#starts);
    for (const name of REPLICAS) this.#start(name);
  }

  async live(): Promise<Outcome> {
    using _ = new OwnEnds((error) => this.#onOwnEnd(error));
    await this.#advance(TROUBLE);
    this.#weather.calmDown();
    const stuck = await this.#comeToRest();
    return {
      seed: this.#seed,
      breaches: [...this.#observer.breaches, ...this.#faults, ...stuck],
      kills: this.#kills,
      requests: this.#requests,
      admissions: this.#observer.admissions,
      ownEnds: this.#ownEnds,
      trace: this.#trace,
    };
  }

  /** Returns what is left to do, though nothing stands in the way any more. */
  async #comeToRest(): Promise<readonly string[]> {
    for (let minutes = 0; minutes < REST / MINUTE; minutes += 1) {
      this.#people.makePeace();
      await this.#advance(MINUTE);
      if (this.#left().length === 0) return [];
    }
    return this.#left().map((what) => `stuck: ${what}`);
  }

  #left(): readonly string[] {
    const { server } = this.#cluster;
    const jobs = (server.objects(JOBS) as Job[]).filter((job) => isOfServer(job) && !isFinished(job));
    const pods = (server.objects(PODS) as Pod[]).filter((pod) => !isTerminal(pod));
    const executions = server.objects(QLIK_EXECUTIONS);
    const entries = server.objects(QLIK_EXECUTION_LEDGERS).flatMap(({ ledger }) => entriesOf(ledger));
    return [
      ...jobs.map(({ metadata }) => `the Job ${metadata.name} ${JSON.stringify(metadata.annotations)}`),
      ...pods.map(({ metadata }) => `the pod ${metadata.name}`),
      ...executions.map(
        ({ metadata, status }) => `the QlikExecution ${metadata.name} ${JSON.stringify(status)}`,
      ),
      ...entries.map((name) => `an entry of ${name}`),
    ];
  }

  async #advance(milliseconds: number): Promise<void> {
    const { now } = this.#cluster;
    const end = now() + milliseconds;
    await idle();
    while ((this.#cluster.nextAt ?? Infinity) <= end) {
      this.#cluster.step();
      if (this.#isAwake) await idle();
      this.#isAwake = false;
    }
    this.#cluster.advance(end - now());
  }

  #start(name: string): void {
    const { server, now } = this.#cluster;
    this.#processes += 1;
    const who = `${name}${this.#processes}`;
    const operator: Operator = new Operator({
      server,
      now,
      weather: this.#weather,
      isKilledAt: (moment, request) => this.#isKilledAt(moment, request, { operator, who }),
      onApplied: (request, answer) => {
        this.#observer.applied(operator, who, request, answer);
        if (isDelicate(request)) this.#people.hurry();
      },
      onError: (error) => this.#onError(who, error),
      onWake: () => {
        this.#isAwake = true;
      },
    });
    // What is on the wire arrives without its sender.
    this.#cluster.join(operator.wire.outbound);
    const leave = this.#cluster.join(operator);
    this.#running.set(operator.wire, () => {
      operator.kill();
      leave();
      this.#running.delete(operator.wire);
      this.#starts.add(now() + this.#weather.restart(), () => this.#start(name));
    });
    this.#say(`${who} starts`);
  }

  #isKilledAt(moment: Moment, request: ApiRequest, { operator, who }: Process): boolean {
    const { now } = this.#cluster;
    const step = stepOf(request);
    if (moment === 'before') this.#requests += 1;
    if (moment === 'after') this.#say(`${who} ${step} ${request.path.split('/').at(-1)}`);
    if (this.#weather.kills(isDelicate(request))) {
      this.#kills.push(`${moment} ${step}`);
      this.#say(`${who} is killed ${moment} ${step}`);
      this.#running.get(operator.wire)?.();
      return true;
    }
    const pause = this.#weather.freeze();
    if (pause > 0) {
      operator.freeze(now() + pause);
      this.#say(`${who} is stopped for ${pause} ms`);
    }
    return false;
  }

  /** That a request failed is as it should be; anything else is a fault of the gate. */
  #onError(who: string, error: unknown): void {
    if (error instanceof NoAnswer) return;
    if (error instanceof ApiError && (error.code === 404 || error.code === 409)) return;
    this.#faults.push(`${who}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  /** A promise has failed that nobody waited for. */
  #onOwnEnd(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#ownEnds.push(text);
    this.#say(`an operator ends by itself: ${text}`);
    if (error instanceof NoAnswer) this.#running.get(error.wire)?.();
    else this.#faults.push(`an operator ends by itself: ${text}`);
  }

  #say(what: string): void {
    const seconds = ((this.#cluster.now() - this.#beginning) / 1000).toFixed(3);
    this.#trace.push(`${seconds.padStart(9)} ${what}`);
  }
}

interface Process {
  readonly operator: Operator;
  readonly who: string;
}

/** Short, so that many are admitted in a life. */
function lifeOf(seed: string, { metadata }: Pod): PodLife {
  const random = new Random(seed, metadata.uid);
  return {
    startsAfter: random.between(0, 2_000),
    runsFor: random.between(1_000, 20_000),
    outcome: random.chance(0.8) ? 'Succeeded' : 'Failed',
    stopsAfter: random.between(0, 20_000),
  };
}

function isOfServer({ metadata, spec }: Job): boolean {
  return metadata.labels?.[SERVER_LABEL] !== undefined || !spec.suspend;
}

function entriesOf(ledger: unknown): string[] {
  return (ledger as { entries: { name: string }[] }).entries.map(({ name }) => name);
}
