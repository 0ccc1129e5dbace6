import { setTimeout as delay } from 'node:timers/promises';

/** How long to look, and how often. */
export interface Patience {
  /** @default 30000 */
  readonly deadlineMs?: number;
  /** @default 50 */
  readonly everyMs?: number;
}

/** Polls a condition until it holds; rejects at the deadline with the name of what did not happen. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { deadlineMs = 30_000, everyMs = 50 }: Patience = {},
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await delay(everyMs);
  }
}
