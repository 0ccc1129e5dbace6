import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLines } from '../controlplane/log-tail.ts';
import type { Keeper, KeptProcess } from '../controlplane/processes.ts';
import { until } from '../controlplane/until.ts';
import { type Counted, parseCounted } from './counted.ts';
import type { Addresses, Subject } from './subjects.ts';
import { type CpuTime, cpuTimeOf, type Memory, memoryOf } from './usage.ts';

/** Of its few requests while it starts, none costs the program anything that would show. */
const READY_POLL_MS = 100;

/** A program on a core of its own. */
export class MeasuredProcess {
  readonly subject: Subject;
  readonly #process: KeptProcess;
  #addresses: Addresses | undefined;

  private constructor(subject: Subject, process: KeptProcess) {
    this.subject = subject;
    this.#process = process;
  }

  /** Resolves as soon as it runs. `name` must be new to the keeper, as it names the log. */
  static async start(
    keeper: Keeper,
    name: string,
    { subject, core }: { readonly subject: Subject; readonly core: number },
  ): Promise<MeasuredProcess> {
    const { command, args, env } = subject;
    const started = await keeper.start({
      name,
      command: 'taskset', // It becomes the program, with the same process id.
      args: ['--cpu-list', String(core), command, ...args],
      env: { PATH: process.env['PATH'], ...env },
    });
    return new MeasuredProcess(subject, started);
  }

  /** Resolves when its `/readyz` says so. */
  async ready(): Promise<void> {
    await until(`the ${this.subject.name} is ready`, () => this.#isReady(), { everyMs: READY_POLL_MS });
  }

  cpu(): CpuTime {
    return cpuTimeOf(this.#process.pid);
  }

  memory(): Memory {
    return memoryOf(this.#process.pid);
  }

  /** Costs the program some CPU: never within what is measured. */
  async counted(): Promise<Counted> {
    const response = await this.#get('metrics', '/metrics');
    return parseCounted(await response.text(), this.subject.reconcileCounter);
  }

  /** Lets it run for so long; rejects if it ends meanwhile. */
  async run(seconds: number): Promise<void> {
    const waiting = new AbortController();
    await Promise.race([
      delay(seconds * 1000, undefined, { signal: waiting.signal }),
      this.#process.exited.then(() => {
        throw this.#ended();
      }),
    ]).finally(() => waiting.abort());
  }

  /** Throws if it has ended. */
  assertRuns(): void {
    if (this.#process.exit !== undefined) throw this.#ended();
  }

  /** SIGTERM; rejects if it does not end well. */
  async end(): Promise<void> {
    await this.#process.end({ graceMs: 30_000 });
    const { code, signal } = await this.#process.exited;
    if (code !== 0) throw new Error(`The ${this.subject.name} ended with ${code ?? signal}:\n${this.#log}`);
  }

  async #isReady(): Promise<boolean> {
    this.assertRuns();
    this.#addresses ??= this.subject.addressesIn(readFileSync(this.#process.log, 'utf8'));
    if (this.#addresses === undefined) return false;
    const { ok } = await this.#get('health', '/readyz');
    return ok;
  }

  #get(address: keyof Addresses, path: string): Promise<Response> {
    if (this.#addresses === undefined)
      throw new Error(`The ${this.subject.name} has not said where it serves`);
    return fetch(`http://${this.#addresses[address]}${path}`);
  }

  #ended(): Error {
    return new Error(`The ${this.subject.name} ended while it was measured:\n${this.#log}`);
  }

  get #log(): string {
    return lastLines(this.#process.log);
  }
}
