import { milliseconds } from '../../api/duration.ts';
import type { QlikServerSpec } from '../../api/qlikserver.ts';
import { ConfigurationProblem, type ProblemReason } from '../../connections/problem.ts';
import { jittered, nextInstant } from '../../controller/phase.ts';
import type { FinishedCheck } from './judge.ts';
import { failureIn, failureNeedsHuman, rejectionDelay, rejectsClient, retryDelay } from './judge.ts';
import type { Candidate, ServerState } from './state.ts';
import { firstNotTrue, verdictsOf } from './verdict.ts';

/** What is wrong with contents, and not with their being there, or with what may be connected to. */
const OF_CONTENTS: ReadonlySet<ProblemReason> = new Set([
  'SecretKeyNotFound',
  'ConfigMapKeyNotFound',
  'WrongPassword',
  'LegacyEncryption',
  'NoPrivateKey',
  'NotPkcs12',
  'TooExpensive',
  'InvalidCertificate',
  'InvalidCA',
  'EmptySecret',
]);

/** Whether new contents are bad, beside which what was proved before goes on. */
export function isOfContents({ reason }: ConfigurationProblem): boolean {
  return OF_CONTENTS.has(reason);
}

/** Whether the credentials were taken back: what executions have of them goes, too. */
export function isRevocation(reason: ProblemReason): boolean {
  return reason === 'SecretNotFound' || reason === 'SecretNotLabelled';
}

/** Identifies contents of which no connection can be made. */
export function fingerprintOf(candidate: { readonly fingerprint: string } | ConfigurationProblem): string {
  return candidate instanceof ConfigurationProblem
    ? `${candidate.reason}: ${candidate.message}`
    : candidate.fingerprint;
}

/** A candidate is judged at once, on request, and again when its time has come. */
export function isCandidateDue(
  { candidate }: ServerState,
  { fingerprint, isRequested, now }: { fingerprint: string; isRequested: boolean; now: number },
): boolean {
  return isRequested || candidate?.fingerprint !== fingerprint || candidate.nextAttemptAt <= now;
}

/** The state with a candidate of which no connection can be made; it is looked at again in the rhythm of the checks. */
export function withUnusable(
  state: ServerState,
  { checks }: QlikServerSpec,
  { problem, now }: { problem: ConfigurationProblem; now: number },
): ServerState {
  const nextAttemptAt = nextInstant(state.uid, milliseconds(checks.interval), now + 1);
  const candidate: Candidate = {
    fingerprint: fingerprintOf(problem),
    state: 'CandidateRejected',
    message: problem.message,
    failures: failuresOf(state, fingerprintOf(problem)) + 1,
    isHeldBack: false,
    nextAttemptAt,
  };
  return { ...state, candidate };
}

/** The state with a candidate that did not pass: of what executions have, it says nothing. */
export function withFailed(
  state: ServerState,
  spec: QlikServerSpec,
  { report, material, at, duration, random }: FinishedCheck,
): ServerState {
  const { fingerprint, redact } = material;
  const [check, verdict] = firstNotTrue(verdictsOf(report, undefined, redact)) ?? [];
  const isRejected = failureNeedsHuman(report) || rejectsClient(report);
  const failures = failuresOf(state, fingerprint) + 1;
  const end = at + duration;
  const delay = () =>
    isRejected
      ? nextInstant(state.uid, milliseconds(spec.checks.interval), end + 1) - end
      : jittered(retryDelay(spec, failures), random);
  const candidate: Candidate = {
    fingerprint,
    state: isRejected ? 'CandidateRejected' : 'CandidateUnproven',
    message: `${check}: ${verdict?.message}`,
    failures,
    isHeldBack: rejectsClient(report),
    nextAttemptAt:
      end +
      Math.max(
        rejectsClient(report) ? rejectionDelay(spec, failures) : delay(),
        failureIn(report)?.retryAfter ?? 0,
      ),
  };
  return { ...state, candidate };
}

function failuresOf({ candidate }: ServerState, fingerprint: string): number {
  return candidate?.fingerprint === fingerprint ? candidate.failures : 0;
}
