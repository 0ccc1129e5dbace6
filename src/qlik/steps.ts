import type { CheckName } from '../api/conditions.ts';
import type { Outcome } from './connector.ts';
import { failureOf } from './failure.ts';

/** One check: what must pass before it, and how it is made. */
export interface CheckStep {
  readonly name: CheckName;
  readonly needs?: CheckName;
  readonly run: () => Promise<Outcome>;
}

export interface StepResults {
  readonly outcomes: ReadonlyMap<CheckName, Outcome>;
  /** Milliseconds of each check that was made. */
  readonly durations: ReadonlyMap<CheckName, number>;
  /** Errors that are none of the server's: our own faults. */
  readonly errors: readonly unknown[];
}

/** Makes checks in order; one whose need does not pass is not run. A fault of our own fails its check alone. */
export async function runSteps(steps: readonly CheckStep[], endpoint: string): Promise<StepResults> {
  const outcomes = new Map<CheckName, Outcome>();
  const durations = new Map<CheckName, number>();
  const errors: unknown[] = [];
  for (const { name, needs, run } of steps) {
    const because = needs === undefined ? undefined : blockerOf(needs, outcomes);
    if (because !== undefined) {
      outcomes.set(name, { kind: 'notRun', because });
      continue;
    }
    const from = performance.now();
    try {
      outcomes.set(name, await run());
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) errors.push(error);
      outcomes.set(name, { kind: 'failed', failure: failure ?? internal(endpoint) });
    }
    durations.set(name, performance.now() - from);
  }
  return { outcomes, durations, errors };
}

/** The check at the root of why a need is not met. */
function blockerOf(needs: CheckName, outcomes: ReadonlyMap<CheckName, Outcome>): CheckName | undefined {
  const outcome = outcomes.get(needs);
  if (outcome?.kind === 'notRun') return outcome.because;
  return outcome?.kind === 'passed' ? undefined : needs;
}

function internal(endpoint: string) {
  return {
    kind: 'InternalError',
    phase: 'api',
    endpoint,
    detail: 'the operator itself failed while checking',
  } as const;
}
