import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines } from '../../controlplane/log-tail.ts';
import type { Exit, Keeper, KeptProcess } from '../../controlplane/processes.ts';
import { until } from '../../controlplane/until.ts';
import { responderProgram } from '../programs.ts';

/** What the responder says about itself when it is ready. */
interface Description {
  readonly serverUrl: string;
  readonly repositoryPort: number;
  readonly proxyServicePort: number;
  readonly userDirectory: string;
  readonly user: string;
  /** Folder of `client.pfx`, `password`, `ca.crt`, `tls.crt` and `tls.key`. */
  readonly out: string;
  readonly controlPort: number;
}

/** What was asked of a responder since it started. */
export interface Counters {
  readonly handshakes: number;
  readonly requests: number;
  /** By method and path without query: `GET /qrs/about`. */
  readonly byPath: Readonly<Record<string, number>>;
  /** Handshakes by key exchange and cipher suite, such as `X25519 TLS_AES_128_GCM_SHA256`. */
  readonly byTls: Readonly<Record<string, number>>;
}

/** A Qlik Sense site of canned bytes, as a process of its own. */
export class Responder {
  readonly #process: KeptProcess;
  readonly site: Description;

  private constructor(process: KeptProcess, site: Description) {
    this.#process = process;
    this.site = site;
  }

  /** Resolves when it listens. `args` such as `--latency=50ms`. */
  static async start(keeper: Keeper, name: string, args: readonly string[] = []): Promise<Responder> {
    const process = await keeper.start({
      name,
      command: await responderProgram(),
      args: [`--out=${join(keeper.folder, `${name}-files`)}`, '--control', ...args],
    });
    let site: Description | undefined;
    await until('the responder listens', () => {
      if (process.exit !== undefined) throw new Error(`The responder ended:\n${lastLines(process.log)}`);
      const [line = '', rest] = readFileSync(process.log, 'utf8').split('\n');
      if (rest !== undefined) site = JSON.parse(line) as Description;
      return site !== undefined;
    });
    return new Responder(process, site!);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The content of one of its files. */
  file(name: 'client.pfx' | 'password' | 'ca.crt' | 'tls.crt' | 'tls.key'): Buffer {
    return readFileSync(join(this.site.out, name));
  }

  /** The least spec of a QlikServer that leads here, with the Secret `client` and the ConfigMap `trust`; without apps. */
  get spec(): Readonly<Record<string, unknown>> {
    const { serverUrl, userDirectory, user, repositoryPort } = this.site;
    return {
      type: 'OnPremise',
      trust: [{ configMapKeyRef: { name: 'trust' } }],
      appSync: { enabled: false },
      onPremise: {
        serverUrl,
        userDirectory,
        serviceAccountUser: user,
        clientCertificate: { pkcs12: { secretName: 'client' } },
        repositoryService: { port: repositoryPort },
      },
    };
  }

  async counters(): Promise<Counters> {
    const response = await fetch(this.#control('/counters'));
    return (await response.json()) as Counters;
  }

  /** Modifies so many apps, spread over all of them. */
  async changeApps(count: number): Promise<void> {
    const { status } = await fetch(this.#control(`/change?apps=${count}`), { method: 'POST' });
    if (status !== 200) throw new Error(`The responder has not ${count} apps to change: status ${status}`);
  }

  /** SIGTERM, and how it ended. */
  async end(): Promise<Exit> {
    await this.#process.end();
    return this.#process.exited;
  }

  #control(path: string): string {
    return `http://127.0.0.1:${this.site.controlPort}${path}`;
  }
}
