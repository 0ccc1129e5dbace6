import { lastLines } from './log-tail.ts';
import type { KeptProcess } from './processes.ts';
import { until } from './until.ts';

const DEADLINE_MS = 60_000;

/** A process that ended or hung instead of getting ready. Its log goes with it, as the folder may soon be gone. */
export class NotReadyError extends Error {
  readonly log: string;

  constructor(process: KeptProcess, why: string) {
    const log = lastLines(process.log);
    super(`${process.name} did not get ready: ${why}. Its log ends with:\n${log}`);
    this.name = 'NotReadyError';
    this.log = log;
  }
}

/** Waits until a process answers, but not for one that has ended. */
export async function untilReady(process: KeptProcess, isReady: () => Promise<boolean>): Promise<void> {
  const ended = process.exited.then(() => true);
  try {
    await until('readiness', async () => process.exit !== undefined || Promise.race([ended, isReady()]), {
      deadlineMs: DEADLINE_MS,
    });
  } catch {
    throw new NotReadyError(process, `no answer within ${DEADLINE_MS / 1000} s`);
  }
  if (process.exit === undefined) return;
  throw new NotReadyError(process, `it ended with ${process.exit.signal ?? `code ${process.exit.code}`}`);
}
