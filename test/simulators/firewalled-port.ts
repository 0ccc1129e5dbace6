import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** Listens, and then never again takes part in anything: the kernel has nobody to hand connections to. */
const STOPPED_SERVER = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const server = createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** Attempts to connect that are more than any queue of length 1 takes. */
const MANY = 8;
const SOON = 300;

/** A port of 127.0.0.1 that answers an attempt to connect with nothing at all, as a firewall that drops packets does. */
export class FirewalledPort implements AsyncDisposable {
  readonly port: number;
  readonly #worker: Worker;
  readonly #waiting: readonly Socket[];

  private constructor(port: number, worker: Worker, waiting: readonly Socket[]) {
    this.port = port;
    this.#worker = worker;
    this.#waiting = waiting;
  }

  static async open(): Promise<FirewalledPort> {
    const worker = new Worker(STOPPED_SERVER, { eval: true });
    const [port] = (await once(worker, 'message')) as [number];
    const waiting = Array.from({ length: MANY }, () => connect(port, '127.0.0.1').on('error', () => {}));
    await delay(SOON);
    const firewalled = new FirewalledPort(port, worker, waiting);
    if (waiting.some(({ connecting }) => connecting)) return firewalled;
    await firewalled[Symbol.asyncDispose]();
    throw new Error('this kernel accepts connections that nobody takes: a firewall cannot be simulated here');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#waiting) socket.destroy();
    await this.#worker.terminate();
  }
}
