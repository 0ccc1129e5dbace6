import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Cancellation } from '../../time/cancellation.ts';
import type { OpenAnswer, OpenRequest, Outcome } from './outcome.ts';

/** Milliseconds that opening one file may take. */
const TIME_LIMIT = 5_000;
const START_LIMIT = 20_000;
/** MiB of heap; what is parsed has 64 KiB at most. */
const HEAP_LIMIT = 96;
/** Milliseconds without a file after which the child is ended: files change once in months. */
const IDLE_LIMIT = 30_000;

/** Next to this file in the source, and next to the bundle. */
const CHILD = new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './pkcs12-child.mjs', import.meta.url);

export type FileToOpen = Omit<OpenRequest, 'id'>;

/** Opens PKCS#12 files, one after the other, in a process of its own that is killed when one takes too long. */
export class Pkcs12Opener {
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #id = 0;

  /** Rejects only when no child can be started. */
  open(file: FileToOpen): Promise<Outcome> {
    const outcome = this.#last.then(() => this.#open(file));
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  async #open(file: FileToOpen): Promise<Outcome> {
    clearTimeout(this.#idle);
    // Who kills a process may have meant another one: only a file that ends a second child is to blame.
    const outcome = (await this.#attempt(file)) ?? (await this.#attempt(file));
    this.#idle = setTimeout(() => this.end(), IDLE_LIMIT);
    this.#idle.unref();
    return outcome ?? { kind: 'failed', failure: 'unreadable' };
  }

  /** Nothing when the child ended instead of answering. */
  async #attempt(file: FileToOpen): Promise<Outcome | undefined> {
    const child = (this.#child ??= await start());
    const outcome = await ask(child, { ...file, id: ++this.#id });
    if (!isAlive(child)) this.#child = undefined;
    return outcome;
  }

  /** Ends the child; the next file starts another. */
  end(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

function isAlive({ exitCode, signalCode, killed }: ChildProcess): boolean {
  return exitCode === null && signalCode === null && !killed;
}

/** With no environment and no output: it knows nothing and says nothing but what it is asked. */
async function start(): Promise<ChildProcess> {
  const child = fork(CHILD, {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${HEAP_LIMIT}`],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  using limit = Cancellation.after(START_LIMIT);
  const { signal } = limit;
  try {
    await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code, killedBy]) => {
        throw new Error(`the process that opens PKCS#12 files ended at once (${String(killedBy ?? code)})`);
      }),
    ]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    limit.abort(); // both listeners go
  }
  // It must not keep the operator from ending.
  child.unref();
  child.channel?.unref();
  return child;
}

/** A child that does not answer in time is killed, so that what a file can cost is bounded. */
async function ask(child: ChildProcess, request: OpenRequest): Promise<Outcome | undefined> {
  const { promise, resolve } = Promise.withResolvers<Outcome | undefined>();
  const answered = ({ id, outcome }: OpenAnswer) => {
    if (id === request.id && outcome !== undefined) resolve(outcome);
  };
  const ended = () => resolve(undefined);
  const timer = setTimeout(() => {
    resolve({ kind: 'failed', failure: 'tooExpensive' });
    child.kill('SIGKILL');
  }, TIME_LIMIT);
  child.on('message', answered).on('exit', ended).on('error', ended);
  try {
    child.send(request);
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', answered).off('exit', ended).off('error', ended);
  }
}
