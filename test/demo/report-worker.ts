import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './stage.ts';

/** Milliseconds between two requests. */
const PAUSE = 100;
const XRFKEY = '0123456789abcdef';

interface Credentials {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly user: string;
}

/**
 * An execution that goes on and on: it reads the binding Secret, as a pod reads a volume, and asks the repository with
 * what it finds there, over a new connection each time.
 */
export class ReportWorker {
  accepted = 0;
  /** What went wrong, in order. */
  readonly failures: string[] = [];
  /** The client certificates that it was given. */
  readonly certificates = new Set<string>();
  readonly #stage: Stage;
  readonly #secretName: string;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(stage: Stage, secretName: string) {
    this.#stage = stage;
    this.#secretName = secretName;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#ask().catch((error: unknown) => this.failures.push(String(error)));
      await delay(PAUSE);
    }
  }

  async #ask(): Promise<void> {
    const { cert, key, ca, user } = await this.#credentials();
    this.certificates.add(cert);
    const sent = request({
      host: 'localhost',
      port: this.#stage.site.repositoryPort,
      path: `/qrs/about?xrfkey=${XRFKEY}`,
      headers: { 'x-qlik-xrfkey': XRFKEY, 'x-qlik-user': user },
      agent: new Agent(),
      cert,
      key,
      ca,
    });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    if (response.statusCode === 200) this.accepted += 1;
    else this.failures.push(`HTTP ${response.statusCode}`);
  }

  async #credentials(): Promise<Credentials> {
    const printed = await this.#stage.kubectl(`get secret ${this.#secretName} --output=json`);
    const { data } = JSON.parse(printed) as { readonly data: Readonly<Record<string, string>> };
    const value = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString();
    return {
      cert: value('certificates'),
      key: value('private-key'),
      ca: value('ca.crt'),
      user: `UserDirectory=${value('user-directory')}; UserId=${value('username')}`,
    };
  }
}
