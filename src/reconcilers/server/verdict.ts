import type { CheckName, ConditionStatus } from '../../api/conditions.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Redact } from '../../qlik/transport/redaction.ts';
import type { CheckReport, Outcome } from '../../qlik/connector.ts';
import { explain, messageOf } from './explain.ts';

/** What a condition says. */
export interface Verdict {
  readonly status: ConditionStatus;
  readonly reason: Reason;
  readonly message: string;
}

export type Verdicts = ReadonlyMap<CheckName, Verdict>;

/** The verdicts of a report; a check that was `kept` has the verdict it had. */
export function verdictsOf(report: CheckReport, before: Verdicts | undefined, redact: Redact): Verdicts {
  return new Map(
    [...report.outcomes].map(([check, outcome]) => {
      const { message, ...rest } = verdictOf(outcome, before?.get(check));
      return [check, { ...rest, message: redact(message) }];
    }),
  );
}

function verdictOf(outcome: Outcome, before: Verdict | undefined): Verdict {
  switch (outcome.kind) {
    case 'passed':
      return { status: 'True', reason: outcome.pass, message: outcome.detail };
    case 'failed':
      return {
        status: 'False',
        reason: explain(outcome.failure).reason,
        message: messageOf(outcome.failure),
      };
    case 'notRun':
      return notRun(`${outcome.because} does not pass`);
    case 'kept':
      if (before !== undefined && before.reason !== 'NotRun') return before;
      return {
        status: 'Unknown',
        reason: outcome.why === 'NotDue' ? 'NotRun' : outcome.why,
        message: outcome.detail,
      };
  }
}

export function notRun(because: string): Verdict {
  return { status: 'Unknown', reason: 'NotRun', message: `not run, as ${because}` };
}

/** The first check that does not pass. */
export function firstNotTrue(verdicts: Verdicts): readonly [CheckName, Verdict] | undefined {
  return [...verdicts].find(([, { status }]) => status !== 'True');
}
