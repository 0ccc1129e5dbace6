import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** An HTTP proxy on loopback that makes tunnels, whatever the name is, to the same port of loopback. */
export class ConnectProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What was asked for: `host:port`. */
  readonly targets: string[] = [];
  readonly accounts: (string | undefined)[] = [];
  /** Answers with this status instead of a tunnel; 0 answers nothing. */
  status = 200;

  private constructor() {
    this.#server = createServer();
    this.#server.on('connection', (socket: Socket) => this.#keep(socket));
    this.#server.on('connect', (request: IncomingMessage, socket: Socket) => this.#connect(request, socket));
  }

  static async start(): Promise<ConnectProxy> {
    const proxy = new ConnectProxy();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  #connect({ url = '', headers }: IncomingMessage, client: Socket): void {
    this.targets.push(url);
    this.accounts.push(headers['proxy-authorization']);
    if (this.status === 0) return;
    if (this.status !== 200) {
      client.end(`HTTP/1.1 ${this.status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const server = this.#keep(connect(Number(url.split(':').at(-1)), '127.0.0.1'));
    server.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(server).pipe(client);
    });
    server.once('close', () => client.destroy());
    client.once('close', () => server.destroy());
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
