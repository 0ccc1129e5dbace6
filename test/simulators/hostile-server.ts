import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { issue, type KeyPair } from '../pki/pki.ts';
import { listen } from './http/port.ts';

/** A request as it came. */
export interface HostileRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Head and body. */
  readonly text: string;
}

/** What a server does instead of an answer; it may write whatever it likes, whenever it likes. */
export type Hostility = (socket: TLSSocket, request: HostileRequest) => void;

/** A TLS server on 127.0.0.1 that asks for a client certificate, takes any, and answers as somebody with bad intentions would. */
export class HostileServer implements AsyncDisposable {
  /** PEM of the authority of its certificate. */
  readonly ca: string;
  /** Accepted TCP connections. */
  connections = 0;
  readonly requests: HostileRequest[] = [];
  readonly #tcp: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  private constructor(ca: string, { cert, key }: KeyPair, hostility: Hostility) {
    this.ca = ca;
    const tls = createTlsServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (socket) => {
      socket.on('error', () => socket.destroy());
      let text = '';
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        const request = wholeRequest(text);
        if (request === undefined) return;
        text = '';
        this.requests.push(request);
        hostility(socket, request);
      });
    });
    tls.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#tcp = createTcpServer((socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      tls.emit('connection', socket);
    });
  }

  static async start(hostility: Hostility): Promise<HostileServer> {
    const { authorities, certificates } = await issue({
      authorities: { own: { commonName: 'hostile-CA' } },
      certificates: {
        server: {
          commonName: 'localhost',
          dnsNames: ['localhost'],
          ipAddresses: ['127.0.0.1'],
          usage: 'server',
          issuer: 'own',
        },
      },
    });
    const server = new HostileServer(authorities.own.cert, certificates.server, hostility);
    server.#port = await listen(server.#tcp, 0);
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `https://localhost:${this.#port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#tcp.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** A request whose body has arrived as well. */
function wholeRequest(text: string): HostileRequest | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/^content-length: *(\d+)/imu.exec(text.slice(0, end))?.[1] ?? 0);
  if (text.length < end + 4 + length) return undefined;
  const [method = '', target = ''] = text.split(' ', 2);
  return { method, target, text };
}
