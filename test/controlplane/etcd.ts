import { join } from 'node:path';
import { answersOk } from './answers.ts';
import type { Keeper } from './processes.ts';
import { untilReady } from './ready.ts';

/** etcd insists on advertising host and port. A single member and its one client never use them. */
const UNUSED_URL = 'http://127.0.0.1:1';

/** Starts etcd on Unix sockets, which need no port and no password; resolves with its URL for the API server. */
export async function startEtcd(keeper: Keeper, binaries: string): Promise<string> {
  const socket = join(keeper.folder, 'etcd.sock');
  const etcd = await keeper.start({
    name: 'etcd',
    command: join(binaries, 'etcd'),
    args: [
      `--data-dir=${join(keeper.folder, 'etcd')}`,
      `--listen-client-urls=unix://${socket}`,
      `--advertise-client-urls=${UNUSED_URL}`,
      `--listen-peer-urls=unix://${join(keeper.folder, 'etcd-peer.sock')}`,
      `--initial-advertise-peer-urls=${UNUSED_URL}`,
      `--initial-cluster=default=${UNUSED_URL}`,
      '--unsafe-no-fsync', // The data need not survive the machine.
    ],
  });
  await untilReady(etcd, () => answersOk({ socketPath: socket, path: '/health' }));
  return `unix://${socket}`;
}
