import { CHECKS, CHECKS_OF, OWNERS, type Condition, type ConditionType } from '../../api/conditions.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { appsVerdict, type AppReport } from '../apps/report.ts';
import type { Key } from '../../kubernetes/object.ts';
import type { ExecutionReport } from '../executions/report.ts';
import { executionsVerdict } from '../executions/verdict.ts';
import { certificateValidity } from './certificate-validity.ts';
import { needsHumanFrom } from './explain.ts';
import type { ServerState } from './state.ts';
import { notRun, type Verdict } from './verdict.ts';

/** All that a status is made of. */
export interface Known {
  readonly state: ServerState;
  readonly apps: AppReport;
  readonly executions: ExecutionReport;
  /** Other QlikServers that use the same server as the same user. */
  readonly sharedWith: readonly Key[];
}

/** What each condition says now; the abnormal ones only while they are True. In the order they are shown. */
export function summarize(
  server: QlikServer,
  { state, apps, executions, sharedWith }: Known,
  now: number,
): ReadonlyMap<ConditionType, Verdict> {
  const owned = new Map<ConditionType, Verdict>([
    ['Configured', configured(state)],
    ...checks(server, state),
  ]);
  owned.set('Connected', connected(state, owned));
  if (server.spec.type === 'OnPremise')
    owned.set('CertificateValid', certificateValidity(server.spec, state, now));
  owned.set('AppsSynced', appsVerdict(server, apps));
  owned.set('ExecutionsWithinLimit', executionsVerdict(server, executions, { now, sharedWith }));
  if (server.spec.suspend) return suspended(server, state, owned);
  const ready = readiness(server, state, owned);
  return new Map([['Ready', ready], ...owned, ...abnormal(state, ready, now)]);
}

function configured({ problem, candidate }: ServerState): Verdict {
  if (candidate?.state === 'CandidateRejected') {
    return {
      status: 'True',
      reason: 'CandidateRejected',
      message: `what replaced the contents of the Secrets is not accepted, so executions keep what was there before: ${candidate.message}`,
    };
  }
  if (problem === undefined)
    return { status: 'True', reason: 'ConfigurationValid', message: 'the configuration is complete' };
  return { status: 'False', reason: problem.reason, message: problem.message };
}

function checks({ spec }: QlikServer, { problem, verdicts }: ServerState): [ConditionType, Verdict][] {
  const unjudged =
    problem === undefined
      ? notRun('the connection has not been checked yet')
      : notRun('Configured is not True');
  return CHECKS_OF[spec.type].map((check) => [check, verdicts?.get(check) ?? unjudged]);
}

const PROGRESSING: Verdict = {
  status: 'Unknown',
  reason: 'Progressing',
  message: 'this connection is being checked for the first time',
};

function connected(state: ServerState, owned: ReadonlyMap<ConditionType, Verdict>): Verdict {
  if (state.problem === undefined && state.verdicts === undefined) return PROGRESSING;
  if (!state.connected) return { ...explained(owned), status: 'False' };
  const failing = CHECKS.find((check) => owned.has(check) && owned.get(check)?.status !== 'True');
  const message =
    failing === undefined
      ? 'every check passes'
      : `every check passed until ${failing} began to fail; it is tried again`;
  return { status: 'True', reason: 'ChecksPassed', message };
}

/** The reason of the first condition that is not True, its message prefixed with the name of that condition. */
function explained(owned: ReadonlyMap<ConditionType, Verdict>): Verdict {
  for (const type of OWNERS) {
    const verdict = owned.get(type);
    if (verdict !== undefined && verdict.status !== 'True')
      return { ...verdict, message: `${type}: ${verdict.message}` };
  }
  return { status: 'True', reason: 'ChecksPassed', message: 'every check passes' };
}

/** Ready means what `spec.readiness` says. */
function readiness(
  { spec }: QlikServer,
  state: ServerState,
  owned: ReadonlyMap<ConditionType, Verdict>,
): Verdict {
  const summary = owned.get('Connected') ?? PROGRESSING;
  if (spec.readiness === 'Connected' || state.problem !== undefined || summary.status === 'Unknown')
    return summary;
  if (state.needsHuman) return { ...explained(owned), status: 'False' };
  return {
    status: 'True',
    reason: 'ConfigurationValid',
    message:
      'the configuration is complete, and no check needs a human; Connected tells about the server itself',
  };
}

/** `Reconciling` and `Stalled` say what happens next while not Ready; never both. */
function abnormal(state: ServerState, ready: Verdict, now: number): [ConditionType, Verdict][] {
  if (ready.status === 'True') return [];
  if (isStalled(state, now)) return [['Stalled', { ...ready, status: 'True' }]];
  if (state.everConnected) {
    return [
      [
        'Reconciling',
        {
          status: 'True',
          reason: 'ProgressingWithRetry',
          message: 'the connection worked before and is tried again',
        },
      ],
    ];
  }
  return [
    [
      'Reconciling',
      {
        status: 'True',
        reason: 'Progressing',
        message: 'this connection has not worked yet and is tried again',
      },
    ],
  ];
}

function isStalled({ problem, needsHuman }: ServerState, now: number): boolean {
  return problem === undefined ? needsHuman : now >= needsHumanFrom(problem.reason, problem.since);
}

/** What goes on while a server is suspended: what runs is counted all the same. */
const LIVE: ReadonlySet<ConditionType> = new Set(['ExecutionsWithinLimit']);

/** A suspended server keeps its conditions; a connection that was never judged is not vouched for. */
function suspended(
  { status }: QlikServer,
  state: ServerState,
  owned: ReadonlyMap<ConditionType, Verdict>,
): ReadonlyMap<ConditionType, Verdict> {
  const before = new Map(
    (status?.conditions ?? []).map((condition) => [condition.type, verdictOf(condition)]),
  );
  const isJudged = state.verdicts !== undefined || state.problem !== undefined;
  const unjudged: Verdict = { ...PROGRESSING, message: 'not checked, as spec.suspend is true' };
  const ready = (isJudged ? before.get('Ready') : undefined) ?? unjudged;
  const kept = [...owned].map(
    ([type, verdict]) =>
      [type, (isJudged && !LIVE.has(type) ? before.get(type) : undefined) ?? verdict] as const,
  );
  return new Map([
    ['Ready', ready],
    ...kept,
    ['Suspended', { status: 'True', reason: 'Suspended', message: 'spec.suspend is true' }],
  ]);
}

function verdictOf({ status, reason, message }: Condition): Verdict {
  return { status, reason: reason as Verdict['reason'], message };
}
