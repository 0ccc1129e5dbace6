import { CHECKS_OF, findCondition, type Condition } from '../../api/conditions.ts';
import { milliseconds } from '../../api/duration.ts';
import type { QlikServer, QlikServerStatus } from '../../api/qlikserver.ts';
import type { Reason } from '../../api/reasons.ts';
import type { CertificateDetails } from '../../connections/certificate.ts';
import type { ProblemReason } from '../../connections/problem.ts';
import { nextInstant } from '../../controller/phase.ts';
import type { Verdicts } from './verdict.ts';

/** Something wrong with the configuration, and since when. */
export interface Problem {
  readonly reason: ProblemReason;
  readonly message: string;
  readonly since: number;
}

/** Where the contents of the Secrets and authorities stand; a candidate is what replaced them and is not proved. */
export type Credential =
  | { readonly state: 'Current' }
  /** Judged and rejected. */
  | { readonly state: 'CandidateRejected' }
  /** Not judged yet, as the server did not answer: the verdicts are about what was there before. */
  | { readonly state: 'CandidateUnproven'; readonly fingerprint: string | undefined };

/** Contents of the Secrets and authorities that are not in use, as executions have a connection that was proved. */
export interface Candidate {
  readonly fingerprint: string;
  readonly state: 'CandidateRejected' | 'CandidateUnproven';
  readonly message: string;
  /** Attempts that failed in a row. */
  readonly failures: number;
  /** Tried again later than in the rhythm of the checks, as a tenant locks out who is rejected often. */
  readonly isHeldBack: boolean;
  readonly nextAttemptAt: number;
}

/** What is known of one QlikServer between two reconciles. Times are milliseconds since the epoch. */
export interface ServerState {
  readonly uid: string;
  /** Connection fields the verdicts are about; unknown after a restart. */
  readonly fields: string | undefined;
  /** Fingerprint of the connection the verdicts are about. */
  readonly fingerprint: string | undefined;
  /** Verdicts on this connection; none until it was judged. */
  readonly verdicts: Verdicts | undefined;
  /** The last verdict of each check, leaving out when it was not run: what a check that is not made goes back to. */
  readonly judged?: Verdicts | undefined;
  readonly problem: Problem | undefined;
  /** Failed checks in a row, and those among them at the end that need a human. */
  readonly failures: number;
  readonly humanFailures: number;
  readonly failingSince: number | undefined;
  /** The debounced summary. */
  readonly connected: boolean;
  readonly everConnected: boolean;
  /** `everConnected` as of the last status written: whether the next connection is the first or a recovery. */
  readonly toldConnected: boolean;
  /** A human is needed, and that is confirmed. */
  readonly needsHuman: boolean;
  readonly lastCheck: { readonly at: number; readonly duration: number } | undefined;
  readonly nextCheckAt: number;
  readonly signInProvedAt: number | undefined;
  readonly virtualProxyVersion: string | undefined;
  readonly handledRequest: string | undefined;
  readonly product: QlikServerStatus['product'];
  readonly credential: Credential;
  /** What waits beside the connection that the verdicts are about; only with a binding. */
  readonly candidate: Candidate | undefined;
  /** Fingerprint of the connection that last passed every check. */
  readonly proved: string | undefined;
  /** Name of the binding Secret that was written, if there is one. */
  readonly binding: string | undefined;
  /** When a rejected OAuth client is tried again: later than the rhythm has it, so that it is not locked out. */
  readonly nextAttempt: number | undefined;
  readonly certificate: CertificateDetails | undefined;
}

/** The state of a server this process meets for the first time, from what its status says. */
export function restoredState(server: QlikServer, now: number): ServerState {
  const { status, metadata } = server;
  const conditions = status?.conditions ?? [];
  return {
    uid: metadata.uid,
    fields: undefined,
    verdicts: restoredVerdicts(server),
    problem: restoredProblem(conditions),
    virtualProxyVersion: undefined,
    handledRequest: status?.lastHandledReconcileAt,
    product: status?.product,
    credential: restoredCredential(status),
    candidate: undefined,
    proved: restoredProof(status),
    binding: status?.binding?.name,
    certificate: undefined,
    ...restoredConditions(conditions),
    ...restoredFigures(server, status?.checks ?? {}, now),
  };
}

/** The verdicts of a status are about contents in use, unless it says of these that they failed. */
function restoredProof(status: QlikServerStatus | undefined): string | undefined {
  const isProved =
    isTrue(status?.conditions ?? [], 'Connected') && restoredCredential(status).state === 'Current';
  return isProved ? status?.checks?.connectionFingerprint : undefined;
}

function restoredCredential(status: QlikServerStatus | undefined): Credential {
  // With a message it is about a candidate, which is judged anew.
  if (status?.credential?.message !== undefined) return { state: 'Current' };
  const state = status?.credential?.state ?? 'Current';
  return state === 'CandidateUnproven' ? { state, fingerprint: undefined } : { state };
}

type FromConditions = Pick<
  ServerState,
  'connected' | 'everConnected' | 'toldConnected' | 'humanFailures' | 'needsHuman'
>;

function restoredConditions(conditions: readonly Condition[]): FromConditions {
  const connected = isTrue(conditions, 'Connected');
  const stalled = isTrue(conditions, 'Stalled');
  const everConnected =
    connected || findCondition(conditions, 'Reconciling')?.reason === 'ProgressingWithRetry';
  return {
    connected,
    everConnected,
    toldConnected: everConnected,
    humanFailures: stalled ? 2 : 0,
    needsHuman: stalled && isTrue(conditions, 'Configured'),
  };
}

type FromFigures = Pick<
  ServerState,
  'nextAttempt' | 'fingerprint' | 'failures' | 'failingSince' | 'lastCheck' | 'nextCheckAt' | 'signInProvedAt'
>;

function restoredFigures(
  server: QlikServer,
  figures: NonNullable<QlikServerStatus['checks']>,
  now: number,
): FromFigures {
  const { checks } = server.spec;
  const failingSince = parseTime(figures.failingSince);
  const nextAttempt = parseTime(server.status?.credential?.nextAttemptTime);
  const isRetried = failingSince !== undefined && !isTrue(server.status?.conditions ?? [], 'Stalled');
  return {
    fingerprint: figures.connectionFingerprint,
    failures: restoredFailures(failingSince, checks, now),
    failingSince,
    lastCheck: restoredLastCheck(figures),
    nextAttempt,
    // Retries too have the rhythm of their uid, so that those which failed together do not come back together.
    nextCheckAt:
      nextAttempt ??
      nextInstant(server.metadata.uid, milliseconds(isRetried ? checks.retryInterval : checks.interval), now),
    signInProvedAt: parseTime(figures.signInProvedTime),
  };
}

/** The state of another connection of the same server: nothing that was known holds for it. */
export function stateOfChangedConnection(state: ServerState, fields: string): ServerState {
  return {
    ...state,
    fields,
    fingerprint: undefined,
    verdicts: undefined,
    judged: undefined,
    problem: undefined,
    failures: 0,
    humanFailures: 0,
    failingSince: undefined,
    connected: false,
    everConnected: false,
    toldConnected: false,
    needsHuman: false,
    signInProvedAt: undefined,
    virtualProxyVersion: undefined,
    product: undefined,
    credential: { state: 'Current' },
    candidate: undefined,
    proved: undefined,
    nextAttempt: undefined,
    certificate: undefined,
  };
}

function restoredVerdicts({ spec, status }: QlikServer): Verdicts | undefined {
  const checks = CHECKS_OF[spec.type];
  const verdicts = checks.flatMap((check) => {
    const found = findCondition(status?.conditions ?? [], check);
    if (found === undefined) return [];
    return [
      [check, { status: found.status, reason: found.reason as Reason, message: found.message }] as const,
    ];
  });
  const judged = verdicts.some(([, { status: verdict }]) => verdict !== 'Unknown');
  return verdicts.length === checks.length && judged ? new Map(verdicts) : undefined;
}

/** Keeps the grace of a missing reference from starting anew with every restart. */
function restoredProblem(conditions: readonly Condition[]): Problem | undefined {
  const configured = findCondition(conditions, 'Configured');
  if (configured?.status !== 'False') return undefined;
  return {
    reason: configured.reason as ProblemReason,
    message: configured.message,
    since: parseTime(configured.lastTransitionTime) ?? 0,
  };
}

/** One failure less than the threshold at most: after a restart one more failure decides. */
function restoredFailures(
  failingSince: number | undefined,
  checks: QlikServer['spec']['checks'],
  now: number,
): number {
  if (failingSince === undefined) return 0;
  const elapsed = Math.max(0, now - failingSince);
  return Math.min(checks.failureThreshold - 1, 1 + Math.floor(elapsed / milliseconds(checks.retryInterval)));
}

function restoredLastCheck({
  lastTime,
  duration,
}: NonNullable<QlikServerStatus['checks']>): ServerState['lastCheck'] {
  const at = parseTime(lastTime);
  return at === undefined ? undefined : { at, duration: milliseconds(duration ?? '0s') };
}

function isTrue(conditions: readonly Condition[], type: Parameters<typeof findCondition>[1]): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

function parseTime(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
