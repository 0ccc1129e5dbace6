import { milliseconds } from '../../api/duration.ts';
import type { QlikServerSpec } from '../../api/qlikserver.ts';
import type { ConfigurationProblem } from '../../connections/problem.ts';
import type { Material } from '../../connections/material.ts';
import { doubling, jittered, nextInstant } from '../../controller/phase.ts';
import type { CheckReport } from '../../qlik/connector.ts';
import type { Failure } from '../../qlik/failure.ts';
import { explain } from './explain.ts';
import type { Credential, ServerState } from './state.ts';
import { firstNotTrue, verdictsOf, type Verdicts } from './verdict.ts';

/** What a check was made with, and how it went. */
export interface FinishedCheck {
  readonly report: CheckReport;
  readonly material: Material;
  readonly at: number;
  readonly duration: number;
  /** A number from 0 to 1 that spreads the retries. */
  readonly random: number;
}

/** Rejected OAuth clients are tried again this rarely, so that the tenant does not lock them out. */
const CLIENT_REJECTED = { first: 15 * 60_000, longest: 3_600_000 } as const;

/** The state after a check: the run of failures, the debounced summary, whether a human is needed, what comes next. */
export function afterCheck(state: ServerState, spec: QlikServerSpec, check: FinishedCheck): ServerState {
  const { report, material, at, duration } = check;
  const seen = {
    ...state,
    problem: undefined,
    certificate: material.certificate,
    lastCheck: { at, duration },
  };
  if (leavesCandidateUnproven(state, spec, check)) return unproven(seen, spec, check);
  const credential = credentialAfter(state, check);
  const before = judgedSoFar(state);
  const verdicts = candidateVerdicts(verdictsOf(report, before, material.redact), credential);
  const observed = {
    ...seen,
    fingerprint: material.fingerprint,
    credential,
    verdicts,
    judged: before,
    product: report.product ?? state.product,
    virtualProxyVersion: report.virtualProxyVersion ?? state.virtualProxyVersion,
    signInProvedAt: report.signInProved ? at : state.signInProvedAt,
  };
  return firstNotTrue(verdicts) === undefined
    ? passed(observed, spec, check)
    : failed(observed, spec, { ...check, before: state });
}

/** An outage, in which most checks are not run, does not make what they said before forgotten. */
function judgedSoFar({ judged, verdicts }: ServerState): Verdicts {
  const last = [...(verdicts ?? [])].filter(([, { reason }]) => reason !== 'NotRun');
  return new Map([...(judged ?? []), ...last]);
}

/** Whether the Secrets or authorities hold something else than what the verdicts are about. */
function isCandidate({ verdicts, fingerprint }: ServerState, { material }: FinishedCheck): boolean {
  return verdicts !== undefined && fingerprint !== material.fingerprint;
}

/**
 * New contents that a server did not answer to say nothing yet: the verdicts on the old ones stay. But not for longer
 * than any failure is borne with, or an outage that begins with a rotation would never show.
 */
function leavesCandidateUnproven(state: ServerState, spec: QlikServerSpec, check: FinishedCheck): boolean {
  if (!isCandidate(state, check) || failureIn(check.report) === undefined) return false;
  return (
    state.connected && !failureNeedsHuman(check.report) && state.failures + 1 < spec.checks.failureThreshold
  );
}

function unproven(state: ServerState, spec: QlikServerSpec, check: FinishedCheck): ServerState {
  const failures = state.failures + 1;
  return {
    ...state,
    credential: { state: 'CandidateUnproven', fingerprint: check.material.fingerprint },
    failures,
    failingSince: state.failingSince ?? check.at,
    nextCheckAt: notBefore(
      check.report,
      check.at + check.duration,
      check.at + check.duration + jittered(retryDelay(spec, failures), check.random),
    ),
  };
}

function credentialAfter(state: ServerState, check: FinishedCheck): Credential {
  if (failureIn(check.report) === undefined && check.report.outcomes.get('Authenticated')?.kind !== 'kept')
    return { state: 'Current' };
  const stays = state.credential.state === 'CandidateRejected' && !isCandidate(state, check);
  const rejected = failureNeedsHuman(check.report) && (isCandidate(state, check) || stays);
  if (rejected || stays) return { state: 'CandidateRejected' };
  if (!isCandidate(state, check)) return state.credential;
  return { state: 'CandidateUnproven', fingerprint: check.material.fingerprint };
}

/** A rejection of contents that were just replaced has a reason of its own: what was there before had worked. */
function candidateVerdicts(verdicts: Verdicts, { state }: Credential): Verdicts {
  const authenticated = verdicts.get('Authenticated');
  if (state !== 'CandidateRejected' || authenticated?.status !== 'False') return verdicts;
  const prefix = 'the contents that replaced the former ones are not accepted: ';
  const message = authenticated.message.startsWith(prefix)
    ? authenticated.message
    : `${prefix}${authenticated.message}`;
  return new Map(verdicts).set('Authenticated', { status: 'False', reason: 'CandidateRejected', message });
}

function passed(state: ServerState, spec: QlikServerSpec, { at, duration }: FinishedCheck): ServerState {
  return {
    ...state,
    failures: 0,
    humanFailures: 0,
    failingSince: undefined,
    connected: true,
    everConnected: true,
    proved: state.fingerprint,
    candidate: undefined,
    needsHuman: false,
    nextAttempt: undefined,
    nextCheckAt: nextInstant(state.uid, milliseconds(spec.checks.interval), at + duration + 1),
  };
}

function failed(
  state: ServerState,
  spec: QlikServerSpec,
  check: FinishedCheck & { before: ServerState },
): ServerState {
  const { report, at, duration, before } = check;
  const failures = state.failures + 1;
  const { humanFailures, needsHuman } = humanAfter(state, check, before);
  const decided = before.verdicts === undefined || needsHuman || failures >= spec.checks.failureThreshold;
  const end = at + duration;
  const judged = {
    ...state,
    failures,
    humanFailures,
    failingSince: state.failingSince ?? at,
    connected: state.connected && !decided,
    needsHuman,
    nextAttempt: undefined,
  };
  return rejectsClient(report)
    ? laterAttempt(judged, spec, end)
    : {
        ...judged,
        nextCheckAt: notBefore(report, end, retryAt(judged, spec, { end, random: check.random })),
      };
}

function humanAfter(
  state: ServerState,
  check: FinishedCheck,
  before: ServerState,
): Pick<ServerState, 'humanFailures' | 'needsHuman'> {
  // A client that was not asked again is as rejected as it was.
  if (check.report.outcomes.get('Authenticated')?.kind === 'kept' && failureIn(check.report) === undefined)
    return state;
  const humanFailures = failureNeedsHuman(check.report) ? state.humanFailures + 1 : 0;
  // What never worked, and credentials that were just replaced, need no second opinion.
  const enough = state.everConnected && !isCandidate(before, check) ? 2 : 1;
  return { humanFailures, needsHuman: humanFailures >= enough };
}

/** What a human must mend is looked at in the normal rhythm; what a human may have to mend, soon once more. */
function retryAt(
  state: Pick<ServerState, 'uid' | 'failures' | 'humanFailures' | 'needsHuman'>,
  spec: QlikServerSpec,
  { end, random }: { end: number; random: number },
): number {
  if (state.needsHuman) return nextInstant(state.uid, milliseconds(spec.checks.interval), end + 1);
  return end + jittered(retryDelay(spec, state.humanFailures > 0 ? 1 : state.failures), random);
}

/** A server that asks to be left alone for a while is. */
function notBefore(report: CheckReport, end: number, at: number): number {
  return Math.max(at, end + (failureIn(report)?.retryAfter ?? 0));
}

/** Every max(interval, 15 min), doubling up to an hour; a change or a request is judged at once all the same. */
export function rejectionDelay({ checks }: QlikServerSpec, rejections: number): number {
  const first = Math.max(milliseconds(checks.interval), CLIENT_REJECTED.first);
  return doubling(Math.max(rejections, 1), { first, longest: CLIENT_REJECTED.longest });
}

function laterAttempt(state: ServerState, spec: QlikServerSpec, end: number): ServerState {
  const nextAttempt = end + rejectionDelay(spec, state.humanFailures);
  return { ...state, nextAttempt, nextCheckAt: nextAttempt };
}

/** Whether the tenant has turned the OAuth client away, now or so often that it was not asked again. */
export function rejectsClient({ outcomes }: CheckReport): boolean {
  const outcome = outcomes.get('Authenticated');
  if (outcome?.kind === 'kept') return outcome.why === 'AttemptsExhausted';
  return (
    outcome?.kind === 'failed' && ['CredentialsRejected', 'ClientForbidden'].includes(outcome.failure.kind)
  );
}

export function failureIn({ outcomes }: CheckReport): Failure | undefined {
  const first = [...outcomes.values()].find(({ kind }) => kind === 'failed');
  return first?.kind === 'failed' ? first.failure : undefined;
}

export function failureNeedsHuman(report: CheckReport): boolean {
  const failure = failureIn(report);
  return failure !== undefined && explain(failure).needsHuman;
}

/** The wait after the n-th failure in a row: retryInterval, doubling up to interval. */
export function retryDelay({ checks }: QlikServerSpec, failures: number): number {
  return doubling(failures, {
    first: milliseconds(checks.retryInterval),
    longest: milliseconds(checks.interval),
  });
}

/** The state of a server whose material cannot be made; the same problem keeps the time it was first seen. */
export function afterProblem(
  state: ServerState,
  { reason, message }: ConfigurationProblem,
  now: number,
): ServerState {
  const since = state.problem?.reason === reason ? state.problem.since : now;
  return {
    ...state,
    problem: { reason, message, since },
    connected: false,
    verdicts: undefined,
    judged: undefined,
  };
}
