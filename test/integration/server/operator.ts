import { readFileSync } from 'node:fs';
import { lastLines } from '../../controlplane/log-tail.ts';
import type { Exit, Keeper, KeptProcess } from '../../controlplane/processes.ts';
import { until } from '../../controlplane/until.ts';

/** What to run as the operator. */
export interface Program {
  /** The bundle, or src/main.ts. */
  readonly main: string;
  readonly args: readonly string[];
  /** Beside the variables of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** One line of the operator's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly address?: string;
  readonly results?: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly time?: string;
  /** Milliseconds that a check took. */
  readonly duration?: number;
  /** Why a check was made. */
  readonly due?: string;
}

interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** Starts it without waiting for anything. */
export function launch(
  keeper: Keeper,
  name: string,
  { main, args, env = {} }: Program,
): Promise<KeptProcess> {
  return keeper.start({
    name,
    command: process.execPath,
    args: [main, ...args],
    env: { ...process.env, ...env },
  });
}

/** The real operator as a process of its own. */
export class Operator {
  readonly #process: KeptProcess;

  private constructor(process: KeptProcess) {
    this.#process = process;
  }

  /** Resolves when it is ready. */
  static async start(keeper: Keeper, name: string, program: Program): Promise<Operator> {
    const process = await launch(keeper, name, program);
    const operator = new Operator(process);
    await until('the operator is ready', () => operator.#isReady(), { deadlineMs: 90_000 });
    return operator;
  }

  /** All it has logged. */
  get logText(): string {
    return Operator.logOf(this.#process);
  }

  static logOf({ log }: KeptProcess): string {
    return readFileSync(log, 'utf8');
  }

  get log(): readonly LogLine[] {
    return this.logText
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** How many checks of a server have ended. */
  checksOf(server: ObjectName): number {
    return this.checkLines(server).length;
  }

  /** What was logged at the end of each check of a server. */
  checkLines({ namespace, name }: ObjectName): readonly LogLine[] {
    return this.checkLinesIn(namespace).filter((line) => line.name === name);
  }

  /** The same of all servers of a namespace. */
  checkLinesIn(namespace: string): readonly LogLine[] {
    // Many tests ask often, and the log tells everything: only the lines in question are parsed.
    return this.logText
      .split('\n')
      .filter((line) => line.includes('"msg":"checked"') && line.includes(`"${namespace}"`))
      .map((line) => JSON.parse(line) as LogLine)
      .filter((line) => line.namespace === namespace);
  }

  /** `/livez`, `/readyz` or `/metrics`. */
  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const served = path === '/metrics' ? 'serving /metrics' : 'serving /livez and /readyz';
    const address = this.log.find(({ msg }) => msg === served)?.address;
    if (address === undefined) throw new Error(`The log does not say where ${path} is served`);
    const response = await fetch(`http://${address}${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** The series of the metrics that contain all of these texts. */
  async series(...parts: readonly string[]): Promise<readonly string[]> {
    const { text } = await this.get('/metrics');
    return text
      .split('\n')
      .filter((line) => !line.startsWith('#') && parts.every((part) => line.includes(part)));
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** How it ended, unless it runs. */
  get exit(): Exit | undefined {
    return this.#process.exit;
  }

  async kill(): Promise<void> {
    await this.#process.end({ signal: 'SIGKILL', graceMs: 0 });
  }

  /** SIGTERM, and how it ended. */
  async end(): Promise<Exit> {
    await this.#process.end({ graceMs: 10_000 });
    return this.#process.exited;
  }

  async #isReady(): Promise<boolean> {
    if (this.#process.exit !== undefined)
      throw new Error(`The operator ended:\n${lastLines(this.#process.log)}`);
    return this.get('/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  }
}
