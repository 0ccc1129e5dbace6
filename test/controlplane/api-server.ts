import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answersOk } from './answers.ts';
import type { Credentials } from './credentials.ts';
import { freePort } from './free-port.ts';
import type { EndOrder, Keeper, KeptProcess } from './processes.ts';
import { NotReadyError, untilReady } from './ready.ts';

/** What an API server is made of, except for its port. */
export interface ApiServerParts {
  readonly keeper: Keeper;
  readonly binaries: string;
  readonly etcdUrl: string;
  readonly credentials: Credentials;
  readonly extraArgs: readonly string[];
  /** @default freePort */
  readonly choosePort?: () => Promise<number>;
}

const PORT_ATTEMPTS = 5;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g;

/** kube-apiserver at a port that it keeps when it is restarted. */
export class ApiServer {
  readonly port: number;
  readonly #parts: ApiServerParts;
  #process: KeptProcess | undefined;

  private constructor(parts: ApiServerParts, port: number) {
    this.#parts = parts;
    this.port = port;
  }

  /** Starts on a free port; takes another when that one was lost to somebody else in between. */
  static async start(parts: ApiServerParts, attempts = PORT_ATTEMPTS): Promise<ApiServer> {
    const server = new ApiServer(parts, await (parts.choosePort ?? freePort)());
    try {
      await server.run();
      return server;
    } catch (error) {
      if (attempts <= 1 || !isPortLost(error)) throw error;
      return ApiServer.start(parts, attempts - 1);
    }
  }

  async end(order: Partial<EndOrder> = {}): Promise<void> {
    await this.#process?.end(order);
  }

  /** Ends it, as roughly as asked, and starts it again at the same port and etcd. */
  async restart(order: Partial<EndOrder>): Promise<void> {
    await this.end(order);
    await this.run();
  }

  /** The authority that signed the serving certificate; kube-apiserver writes it behind that certificate. */
  async ca(): Promise<string> {
    const pem = await readFile(join(this.#certificates, 'apiserver.crt'), 'utf8');
    return (pem.match(CERTIFICATE) ?? []).filter((one) => new X509Certificate(one).ca).join('');
  }

  /** Starts the process and waits until it is ready. */
  async run(): Promise<void> {
    const { keeper, binaries } = this.#parts;
    this.#process = await keeper.start({
      name: 'kube-apiserver',
      command: join(binaries, 'kube-apiserver'),
      args: this.#args(),
    });
    await untilReady(
      this.#process,
      async () => (await this.#answers('/readyz')) && (await this.#hasNamespace()),
    );
  }

  get #certificates(): string {
    return join(this.#parts.keeper.folder, 'certificates');
  }

  #args(): string[] {
    const { tokenFile, serviceAccountKeyFile } = this.#parts.credentials;
    return [
      `--etcd-servers=${this.#parts.etcdUrl}`,
      `--secure-port=${this.port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${this.#certificates}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${serviceAccountKeyFile}`,
      `--service-account-signing-key-file=${serviceAccountKeyFile}`,
      `--token-auth-file=${tokenFile}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.0.0.0/24',
      // Without a controller manager nobody makes the accounts that it asks for.
      '--disable-admission-plugins=ServiceAccount',
      ...this.#parts.extraArgs,
    ];
  }

  /** A little after readiness the server makes this namespace; nearly every caller writes to it at once. */
  async #hasNamespace(): Promise<boolean> {
    return this.#answers('/api/v1/namespaces/default');
  }

  /** With the authority and the token checked, an answer can't come from somebody else at a lost port. */
  async #answers(path: string): Promise<boolean> {
    const ca = await this.ca().catch(() => '');
    if (ca === '') return false;
    const headers = { authorization: `Bearer ${this.#parts.credentials.token}` };
    return answersOk({ host: '127.0.0.1', port: this.port, path, ca, headers });
  }
}

function isPortLost(error: unknown): boolean {
  return error instanceof NotReadyError && error.log.includes('address already in use');
}
