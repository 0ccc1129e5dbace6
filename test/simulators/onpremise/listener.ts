import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import type { KeyPair } from '../../pki/pki.ts';
import type { Tally } from './counters.ts';
import type { ListenerName } from './faults.ts';
import type { Responder } from './responder.ts';

/** How a listener that wants a client certificate turns a connection down. */
export type Rejection = 'reset' | 'alert';

/** Whom a listener accepts: everybody, or holders of a certificate of `ca`. */
export interface ClientCertificatePolicy {
  readonly ca: string;
  /** `alert`: a missing certificate is refused inside the handshake; `reset`: after it, as .NET does. */
  readonly rejection: Rejection;
}

/** What a listener is made of. */
export interface ListenerParts {
  readonly name: ListenerName;
  readonly keys: KeyPair;
  readonly clients?: ClientCertificatePolicy;
  readonly tally: Tally;
  readonly responder: Responder;
}

/** A fatal `unknown_ca` alert, as a server may send it in answer to the client's first message. */
const unknownCaAlert = Buffer.from([0x15, 3, 3, 0, 2, 2, 48]);

/** Below the range from which systems take ports of outgoing connections, so that a closed one stays free. */
const ports = { from: 20_000, to: 32_000 };

/** A TLS port on 127.0.0.1 that can close, open again, show another certificate and turn clients down. */
export class Listener {
  readonly name: ListenerName;
  readonly #clients: ClientCertificatePolicy | undefined;
  readonly #tally: Tally;
  readonly #tcp: TcpServer;
  readonly #tls: TlsServer;
  readonly #http: HttpServer;
  readonly #sockets = new Map<number, Socket>();
  #port = 0;
  #rejecting: Rejection | undefined;

  constructor({ name, keys, clients, tally, responder }: ListenerParts) {
    this.name = name;
    this.#clients = clients;
    this.#tally = tally;
    this.#http = createHttpServer((request, response) => responder.respond(request, response));
    this.#tls = createTlsServer({
      cert: keys.cert,
      key: keys.key,
      ...(clients && {
        ca: clients.ca,
        requestCert: true,
        rejectUnauthorized: clients.rejection === 'alert',
      }),
    });
    this.#tls.on('secureConnection', (socket) => this.#secured(socket));
    this.#tls.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#tcp = createTcpServer((socket) => this.#accept(socket));
  }

  /** The port: chosen at the first opening, the same ever after. */
  get port(): number {
    return this.#port;
  }

  /** Starts listening; no effect if it does already. */
  async open(): Promise<void> {
    if (this.#tcp.listening) {
      return;
    }
    if (this.#port !== 0) {
      await this.#listen(this.#port);
      return;
    }
    while (this.#port === 0) {
      await this.#tryPort(randomInt(ports.from, ports.to));
    }
  }

  /** Stops listening and ends all connections at once; new ones are refused. */
  async close(): Promise<void> {
    if (!this.#tcp.listening) {
      return;
    }
    const closed = once(this.#tcp, 'close');
    this.#tcp.close();
    this.dropConnections();
    await closed;
  }

  /** Ends all connections at once, as a restart of the service would. */
  dropConnections(): void {
    for (const socket of this.#sockets.values()) {
      socket.destroy();
    }
  }

  /** Shows this certificate to new connections. */
  present({ cert, key }: KeyPair): void {
    this.#tls.setSecureContext({ cert, key, ca: this.#clients?.ca });
  }

  /** Turns every client certificate down, or none beyond the usual. */
  rejectClients(rejection: Rejection | undefined): void {
    this.#rejecting = rejection;
  }

  async #tryPort(port: number): Promise<void> {
    try {
      await this.#listen(port);
      this.#port = port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw error;
      }
    }
  }

  async #listen(port: number): Promise<void> {
    const listening = once(this.#tcp, 'listening');
    this.#tcp.listen(port, '127.0.0.1');
    await listening;
  }

  #accept(socket: Socket): void {
    const { remotePort = 0 } = socket;
    this.#tally.connections[this.name] += 1;
    this.#sockets.set(remotePort, socket);
    socket.once('close', () => this.#sockets.delete(remotePort));
    socket.on('error', () => socket.destroy());
    if (this.#rejecting === 'alert') {
      socket.once('data', () => socket.end(unknownCaAlert));
    } else {
      this.#tls.emit('connection', socket);
    }
  }

  #secured(socket: TLSSocket): void {
    this.#tally.handshakes[this.name] += 1;
    socket.on('error', () => socket.destroy());
    const accepted = this.#clients === undefined || socket.authorized;
    if (accepted && this.#rejecting === undefined) {
      this.#http.emit('connection', socket);
    } else {
      this.#sockets.get(socket.remotePort ?? 0)?.resetAndDestroy();
    }
  }
}
