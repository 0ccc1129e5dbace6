import { Agent, type Dispatcher } from 'undici';
import { linesOf } from '../../../src/kubernetes/lines.ts';
import { parseWatchEvent } from '../../../src/kubernetes/watch-event.ts';
import type { Access } from '../../controlplane/kubeconfig.ts';
import { PATHS } from '../../integration/server/api.ts';
import type { BenchJob } from './bench-job.ts';

type Body = Dispatcher.ResponseData['body'];
type OnSeen = (job: BenchJob) => void;

/** Tells of the Jobs in a namespace as soon as the API server does; of one that has not changed maybe again. */
export class JobWatch implements AsyncDisposable {
  readonly #access: Access;
  readonly #path: string;
  readonly #agent: Agent;
  #telling: Promise<void> | undefined;
  #failure: unknown;

  private constructor(access: Access, namespace: string) {
    this.#access = access;
    this.#path = `${PATHS.jobs(namespace)}?watch=true`;
    this.#agent = new Agent({ connect: { ca: access.ca }, bodyTimeout: 0, allowH2: false });
  }

  /** Resolves when it is open. */
  static async open(access: Access, namespace: string, onSeen: OnSeen): Promise<JobWatch> {
    const watch = new JobWatch(access, namespace);
    const body = await watch.#request();
    watch.#telling = watch.#tell(body, onSeen).catch((error: unknown) => {
      watch.#failure = error;
    });
    return watch;
  }

  /** Throws if it has failed. */
  assertOpen(): void {
    if (this.#failure !== undefined)
      throw new Error('The watch of Jobs has failed', { cause: this.#failure });
  }

  async #request(): Promise<Body> {
    const { url, token } = this.#access;
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode, body } = await this.#agent.request({
      origin: url,
      method: 'GET',
      path: this.#path,
      headers,
    });
    if (statusCode !== 200) throw new Error(`The watch of Jobs: ${statusCode} ${await body.text()}`);
    return body;
  }

  /** The API server ends a watch whose reader is late; without a version the next one begins with all there is. */
  async #tell(first: Body, onSeen: OnSeen): Promise<never> {
    for (let body = first; ; body = await this.#request()) {
      for await (const line of linesOf(body)) {
        const event = parseWatchEvent<BenchJob>(line);
        if (event.kind === 'seen') onSeen(event.object);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
    await this.#telling;
  }
}
