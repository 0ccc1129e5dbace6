import { connect, type Socket } from 'node:net';

/** What becomes of the bytes that a partition has held back: they arrive late, or their connection is reset. */
export type Heal = 'deliver' | 'reset';

/**
 * The way of a client's bytes to the proxy's own TLS port and back. TLS is none of its business, so that it can hold
 * back everything, as a network does: handshakes, FIN and RST included.
 */
export class Connection {
  readonly id: number;
  readonly #client: Socket;
  readonly #inner: Socket;
  #held: PromiseWithResolvers<Heal> | undefined;
  #isReset = false;
  /** The side that ended while nobody could be told. */
  #endedInSilence: Socket | undefined;

  constructor(id: number, client: Socket, innerPort: number) {
    this.id = id;
    this.#client = client;
    this.#inner = connect({ host: '127.0.0.1', port: innerPort, allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    for (const side of [client, this.#inner]) {
      side.on('error', () => {}); // Always followed by `close`.
      side.once('close', () => this.#closed(side));
    }
    this.#flow();
  }

  /** By which the TLS port knows it, as the port of its peer. */
  onKnown(tell: (port: number) => void): void {
    this.#inner.once('connect', () => {
      if (this.#inner.localPort !== undefined) tell(this.#inner.localPort);
    });
  }

  /** When both sides are gone. */
  onClosed(tell: () => void): void {
    // Not `once` of node:events, which would reject with the error before the close.
    const closed = [this.#client, this.#inner].map(
      (side) => new Promise<void>((resolve) => side.once('close', () => resolve())),
    );
    void Promise.all(closed).then(tell);
  }

  /** Nothing passes any more, in neither direction. */
  hold(): void {
    if (this.#held !== undefined) return;
    this.#held = Promise.withResolvers<Heal>();
    this.#client.unpipe(this.#inner);
    this.#inner.unpipe(this.#client);
  }

  /** Resolves at once unless held. */
  get passable(): Promise<Heal> {
    return this.#held?.promise ?? Promise.resolve('deliver');
  }

  heal(heal: Heal): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    if (heal === 'reset' || this.#isReset) this.reset();
    else this.#resume();
    held.resolve(heal);
  }

  /** The client is sent RST; when a partition is over, if there is one. */
  reset(): void {
    this.#isReset = true;
    if (this.#held !== undefined) return;
    this.#client.resetAndDestroy();
    this.#inner.destroy();
  }

  /** For the end of the proxy: whatever else was wanted of it. */
  destroy(): void {
    this.#client.destroy();
    this.#inner.destroy();
    this.#held?.resolve('reset');
  }

  #flow(): void {
    this.#client.pipe(this.#inner);
    this.#inner.pipe(this.#client);
  }

  #resume(): void {
    this.#flow();
    if (this.#endedInSilence !== undefined) this.#endOther(this.#endedInSilence);
  }

  #closed(side: Socket): void {
    if (this.#held === undefined) this.#endOther(side);
    else this.#endedInSilence = side;
  }

  /** One side is gone without FIN, or after both have sent it. */
  #endOther(gone: Socket): void {
    (gone === this.#client ? this.#inner : this.#client).destroySoon();
  }
}
