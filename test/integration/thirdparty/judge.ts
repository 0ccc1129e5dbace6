import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What one call of a third-party client came to. */
export interface Outcome {
  readonly value?: unknown;
  /** The message it failed with. */
  readonly error?: string;
}

/** What a client did in a process of its own. */
export interface Verdict {
  readonly code: number | null;
  /** One for each call, in their order; empty if the process broke down. */
  readonly outcomes: readonly Outcome[];
  readonly complaint: string;
}

/** Runs a script of `fixtures/` with a job as its input: a client that breaks down, or trusts what it should not, harms nobody else. */
export async function runJudge(
  script: string,
  job: unknown,
  env: Readonly<Record<string, string>> = {},
): Promise<Verdict> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', script)], {
    env: { ...process.env, ...env },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.end(JSON.stringify(job));
  const [output, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, outcomes: output === '' ? [] : (JSON.parse(output) as Outcome[]), complaint };
}

/** The values of all calls; throws if one failed. */
export function valuesOf({ outcomes, complaint }: Verdict): readonly unknown[] {
  if (outcomes.length === 0) throw new Error(`The client broke down: ${complaint}`);
  return outcomes.map(({ value, error }) => {
    if (error !== undefined) throw new Error(error);
    return value;
  });
}
