import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { KeyPair } from '../../pki/pki.ts';
import { listen } from '../http/port.ts';
import type { Tally } from './counters.ts';

/** A TLS port on 127.0.0.1 that can close, open again and show another certificate. */
export class Listener {
  readonly #tally: Tally;
  readonly #tcp: TcpServer;
  readonly #tls: TlsServer;
  readonly #http: HttpServer;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor({ cert, key }: KeyPair, tally: Tally, respond: RequestListener) {
    this.#tally = tally;
    this.#http = createHttpServer(respond);
    this.#tls = createTlsServer({ cert, key });
    this.#tls.on('secureConnection', (socket) => {
      tally.handshakes += 1;
      socket.on('error', () => socket.destroy());
      this.#http.emit('connection', socket);
    });
    this.#tls.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#tcp = createTcpServer((socket) => this.#accept(socket));
  }

  /** The port: chosen at the first opening, the same ever after. */
  get port(): number {
    return this.#port;
  }

  /** Starts listening; no effect if it does already. */
  async open(): Promise<void> {
    if (this.#tcp.listening) return;
    this.#port = await listen(this.#tcp, this.#port);
  }

  /** Stops listening and ends all connections at once; new ones are refused. */
  async close(): Promise<void> {
    if (!this.#tcp.listening) return;
    const closed = once(this.#tcp, 'close');
    this.#tcp.close();
    this.#dropConnections();
    await closed;
  }

  /** Shows this certificate from now on, and ends the connections that were shown another. */
  present({ cert, key }: KeyPair): void {
    this.#tls.setSecureContext({ cert, key });
    this.#dropConnections();
  }

  #dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#tally.connections += 1;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    this.#tls.emit('connection', socket);
  }
}
