import type { Replica } from '../replica.ts';
import type { KillPoint } from './kill-points.ts';

export interface Death {
  readonly replica: Replica;
  readonly point: KillPoint;
}

/** Kills the first replica that comes to one of the points; `undefined` if none does in time. */
export async function trap(
  replicas: readonly Replica[],
  points: readonly KillPoint[],
  patienceMs: number,
): Promise<Death | undefined> {
  const { promise, resolve } = Promise.withResolvers<Death | undefined>();
  let killing: Promise<void> | undefined;
  const kill = async (death: Death) => {
    await death.replica.end('SIGKILL');
    resolve(death);
  };
  const traps = replicas.flatMap((replica) =>
    points.map((point) => {
      const { what: _what, ...match } = point.write;
      // Whoever comes to one while somebody is being killed waits for that, and loses the connection.
      const once = () => (killing ??= kill({ replica, point }));
      return replica.proxy.faults.on({ kind: 'kill', at: point.at, kill: once }, match);
    }),
  );
  const timer = setTimeout(() => {
    if (killing === undefined) resolve(undefined);
  }, patienceMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    for (const { off } of traps) off();
  }
}
