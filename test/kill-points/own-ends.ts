/**
 * What Node does to a process in which a promise fails that nobody waits for: it ends. The simulated ones share ours, which
 * must go on, so that these errors are taken here while it lasts.
 */
export class OwnEnds implements Disposable {
  readonly #others = process.rawListeners('unhandledRejection') as NodeJS.UnhandledRejectionListener[];
  readonly #take: NodeJS.UnhandledRejectionListener;

  constructor(onEnd: (error: unknown) => void) {
    this.#take = (error) => onEnd(error);
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', this.#take);
  }

  [Symbol.dispose](): void {
    process.off('unhandledRejection', this.#take);
    for (const other of this.#others) process.on('unhandledRejection', other);
  }
}
