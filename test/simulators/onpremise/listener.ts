import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import type { KeyPair } from '../../pki/pki.ts';
import { listen } from '../http/port.ts';
import { type Responder, send } from '../http/responder.ts';
import type { Tally } from './counters.ts';
import type { ListenerName, Rejection } from './faults.ts';
import { text } from './message.ts';

/** What a listener does to clients; all of it can change at any time. */
export interface Manners {
  /** TLS never begins. */
  readonly silent: boolean;
  /** Turns every client certificate down in this way. */
  readonly rejecting: Rejection | undefined;
  /** What happens without a certificate of the right authority. */
  readonly missing: Rejection;
}

/** What a listener is made of. */
export interface ListenerParts {
  readonly name: ListenerName;
  readonly keys: KeyPair;
  /** PEM of the authority whose certificates clients must have. Absent: nobody needs one. */
  readonly clientCa?: string;
  readonly manners: () => Manners;
  readonly tally: Tally;
  readonly responder: Responder;
}

/** A fatal `unknown_ca` alert, as a server may send it in answer to the client's first message. */
const unknownCaAlert = Buffer.from([0x15, 3, 3, 0, 2, 2, 48]);

/** A TLS port on 127.0.0.1 that can close, open again, show another certificate and turn clients down. */
export class Listener {
  readonly name: ListenerName;
  readonly #clientCa: string | undefined;
  /** Kept for good, as a farm of servers does: a session of before can be resumed whatever has changed since. */
  readonly #ticketKeys = randomBytes(48);
  readonly #manners: () => Manners;
  readonly #tally: Tally;
  readonly #tcp: TcpServer;
  /** Lets a connection without a good client certificate through the handshake; the strict one does not. */
  readonly #lenient: TlsServer;
  readonly #strict: TlsServer;
  readonly #http: HttpServer;
  readonly #forbidding: HttpServer;
  readonly #sockets = new Map<number, Socket>();
  #port = 0;

  constructor({ name, keys, clientCa, manners, tally, responder }: ListenerParts) {
    this.name = name;
    this.#clientCa = clientCa;
    this.#manners = manners;
    this.#tally = tally;
    this.#http = createHttpServer((request, response) => responder.respond(request, response));
    this.#forbidding = createHttpServer((_request, response) => send(response, text(403, 'Forbidden')));
    this.#lenient = this.#tlsServer(keys, false);
    this.#strict = this.#tlsServer(keys, true);
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
    this.#port = await listen(this.#tcp, this.#port);
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

  /** Shows this certificate to new connections, and trusts client certificates of this authority, if of any. */
  present({ cert, key }: KeyPair, clientCa: string | undefined = this.#clientCa): void {
    const ca = this.#clientCa === undefined ? undefined : clientCa;
    const options = { cert, key, ca, ticketKeys: this.#ticketKeys };
    for (const tls of [this.#lenient, this.#strict]) tls.setSecureContext(options);
  }

  #tlsServer({ cert, key }: KeyPair, rejectUnauthorized: boolean): TlsServer {
    const clients =
      this.#clientCa === undefined ? {} : { ca: this.#clientCa, requestCert: true, rejectUnauthorized };
    const server = createTlsServer({ cert, key, ticketKeys: this.#ticketKeys, ...clients });
    server.on('secureConnection', (socket) => this.#secured(socket));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #accept(socket: Socket): void {
    const { remotePort = 0 } = socket;
    const { silent, rejecting, missing } = this.#manners();
    this.#tally.connection(this.name);
    this.#sockets.set(remotePort, socket);
    socket.once('close', () => this.#sockets.delete(remotePort));
    socket.on('error', () => socket.destroy());
    if (silent) return;
    if (rejecting === 'alert') {
      socket.once('data', () => socket.end(unknownCaAlert));
    } else {
      (missing === 'alert' ? this.#strict : this.#lenient).emit('connection', socket);
    }
  }

  #secured(socket: TLSSocket): void {
    const { rejecting, missing } = this.#manners();
    this.#tally.handshake(this.name);
    socket.on('error', () => socket.destroy());
    const accepted = this.#clientCa === undefined || socket.authorized;
    const verdict = rejecting ?? (accepted ? undefined : missing);
    if (verdict === undefined) {
      this.#http.emit('connection', socket);
    } else if (verdict === 'forbidden') {
      this.#forbidding.emit('connection', socket);
    } else {
      this.#sockets.get(socket.remotePort ?? 0)?.resetAndDestroy();
    }
  }
}
