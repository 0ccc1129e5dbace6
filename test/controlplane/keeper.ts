/**
 * The keeper: a process in a session of its own that owns a temporary folder and a list of processes.
 * It lives exactly as long as its stdin is open, so that they end and the folder goes whatever happens to the
 * parent, SIGKILL and Ctrl-C included. `processes.ts` is its other side.
 *
 * Usage: node keeper.ts FOLDER-PREFIX
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Children } from './children.ts';
import type { EndOrder, KeeperMessage, KeeperRequest } from './keeper-protocol.ts';

/** Nobody waits for an orderly end any more, so it is a short one. */
const ABANDONED: EndOrder = { signal: 'SIGTERM', graceMs: 2000 };

const children = new Children((pid, exit) => {
  say({ say: 'exited', pid, exit });
});
let ending = false;

function say(message: KeeperMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Called again by a parent that goes away during an orderly end: then it is cut short. */
async function endAll(order: EndOrder): Promise<void> {
  ending = true;
  await children.endAll(order);
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  process.exit(0);
}

async function answer(request: KeeperRequest): Promise<void> {
  if (request.do === 'end-all') {
    if (!ending) await endAll(request.order); // A second SIGTERM would turn an orderly end into a hasty one.
    return;
  }
  const { id } = request;
  try {
    if (ending) throw new Error('the keeper is ending');
    if (request.do === 'spawn') say({ say: 'done', id, pid: await children.spawn(request.order) });
    else {
      await children.end(request.pid, request.order);
      say({ say: 'done', id });
    }
  } catch (error) {
    say({ say: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
  }
}

const abandon = (): void => {
  void endAll(ABANDONED);
};
process.stdout.on('error', abandon); // The parent is gone; its end of the pipe with it.
process.stdin.on('error', abandon);
for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'uncaughtException']) process.on(event, abandon);

const folder = mkdtempSync(process.argv[2]!);
say({ say: 'folder', folder });
createInterface({ input: process.stdin })
  .on('line', (line) => void answer(JSON.parse(line) as KeeperRequest))
  .on('close', abandon);
