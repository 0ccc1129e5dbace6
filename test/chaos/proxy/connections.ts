import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Connection, type Heal } from './connection.ts';

/** The client's side of the proxy: a port, the connections through it, and what the network does to them. */
export class Connections {
  readonly #server: Server;
  readonly #open = new Set<Connection>();
  readonly #byPort = new Map<number, Connection>();
  #lastId = 0;
  #resets = 0;
  #hangsNew = false;
  #innerPort = 0;

  constructor() {
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) =>
      this.#accept(client),
    );
  }

  /** Resolves with the port; what comes there goes to the TLS port. */
  async listen(innerPort: number): Promise<number> {
    this.#innerPort = innerPort;
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** The one whose bytes reach the TLS port from that port. */
  from(port: number | undefined): Connection {
    const connection = port === undefined ? undefined : this.#byPort.get(port);
    if (connection === undefined) throw new Error(`No client's connection has the inner port ${port}`);
    return connection;
  }

  /** So many new connections are reset, or all until it is called with 0. */
  refuse(times: number): void {
    this.#resets = times;
  }

  /** All go silent; new ones do not even get their handshake, if asked, and otherwise work. */
  partition(hangsNew: boolean): void {
    this.#hangsNew = hangsNew;
    for (const connection of this.#open) connection.hold();
  }

  heal(heal: Heal): void {
    this.#hangsNew = false;
    for (const connection of this.#open) connection.heal(heal);
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const connection of this.#open) connection.destroy();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    if (this.#resets > 0) {
      this.#resets -= 1;
      client.resetAndDestroy();
      return;
    }
    this.#lastId += 1;
    const connection = new Connection(this.#lastId, client, this.#innerPort);
    this.#open.add(connection);
    if (this.#hangsNew) connection.hold();
    connection.onKnown((port) => {
      this.#byPort.set(port, connection);
      connection.onClosed(() => this.#byPort.delete(port));
    });
    connection.onClosed(() => this.#open.delete(connection));
  }
}
