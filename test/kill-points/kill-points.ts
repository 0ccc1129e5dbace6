import { say } from '../demo/console.ts';
import { complaint, explore, type Exploration } from './explore.ts';
import { Life } from './life.ts';

/**
 * `make kill-points SEED=… KILLS=…`: operators on a simulated API server, killed before and after their requests; the same
 * again for the same seed. `LIFE=…` tells one life request by request. Exit code 0 only if all went well.
 */
const SEED = process.env['SEED'] || String(Date.now() % 1_000_000);
const KILLS = Number(process.env['KILLS'] || 10_000);
const LIFE = process.env['LIFE'];

async function tell(seed: string): Promise<boolean> {
  const { trace, breaches } = await new Life(seed).live();
  for (const line of trace) say(line);
  for (const breach of breaches) say(`VIOLATED ${breach}`);
  return breaches.length === 0;
}

async function search(): Promise<boolean> {
  say(`SEED=${SEED} KILLS=${KILLS}`);
  const start = process.cpuUsage();
  const found = await explore(SEED, KILLS);
  const { user, system } = process.cpuUsage(start);
  for (const line of table(found)) say(line);
  const kills = [...found.kills.values()].reduce((sum, times) => sum + times, 0);
  const ends = [...found.ownEnds.values()].reduce((sum, times) => sum + times, 0);
  say(
    `${kills} kill points in ${found.lives} lives: ${found.requests} requests, ${found.admissions} admissions, ${((user + system) / 1e6).toFixed(0)} s of CPU`,
  );
  if (ends > 0)
    say(`operators have ended by themselves ${ends} times, as a promise failed that nobody waited for`);
  say(found.breach === undefined ? 'everything held' : complaint(found));
  return found.breach === undefined;
}

function table({ kills }: Exploration): string[] {
  const sorted = [...kills].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([what, times]) => `${String(times).padStart(6)} killed ${what}`);
}

const isWell = LIFE ? await tell(LIFE) : await search();
process.exitCode = isWell ? 0 : 1;
