import { milliseconds } from '../../api/duration.ts';
import type { QlikServerSpec } from '../../api/qlikserver.ts';
import type { ConfigurationProblem } from '../../connections/problem.ts';
import type { Material } from '../../connections/material.ts';
import { jittered, nextInstant } from '../../controller/phase.ts';
import type { CheckReport } from '../../qlik/connector.ts';
import { explain } from './explain.ts';
import type { ServerState } from './state.ts';
import { firstNotTrue, verdictsOf } from './verdict.ts';

/** What a check was made with, and how it went. */
export interface FinishedCheck {
  readonly report: CheckReport;
  readonly material: Material;
  /** The contents of its Secrets or authorities are not those that were judged last. */
  readonly contentsChanged: boolean;
  readonly at: number;
  readonly duration: number;
  /** A number from 0 to 1 that spreads the retries. */
  readonly random: number;
}

/** The state after a check: the run of failures, the debounced summary, whether a human is needed, what comes next. */
export function afterCheck(state: ServerState, spec: QlikServerSpec, check: FinishedCheck): ServerState {
  const { report, material, at, duration } = check;
  const verdicts = verdictsOf(report, state.verdicts, material.redact);
  const observed = {
    ...state,
    fingerprint: material.fingerprint,
    certificate: material.certificate,
    problem: undefined,
    verdicts,
    lastCheck: { at, duration },
    product: report.product ?? state.product,
    virtualProxyVersion: report.virtualProxyVersion ?? state.virtualProxyVersion,
    signInProvedAt: report.signInProved ? at : state.signInProvedAt,
  };
  return firstNotTrue(verdicts) === undefined
    ? passed(observed, spec, check)
    : failed(observed, spec, { ...check, before: state });
}

function passed(state: ServerState, spec: QlikServerSpec, { at, duration }: FinishedCheck): ServerState {
  return {
    ...state,
    failures: 0,
    humanFailures: 0,
    failingSince: undefined,
    connected: true,
    everConnected: true,
    needsHuman: false,
    nextCheckAt: nextInstant(state.uid, milliseconds(spec.checks.interval), at + duration + 1),
  };
}

function failed(
  state: ServerState,
  spec: QlikServerSpec,
  check: FinishedCheck & { before: ServerState },
): ServerState {
  const { report, contentsChanged, at, duration, before } = check;
  const failures = state.failures + 1;
  const humanFailures = failureNeedsHuman(report) ? state.humanFailures + 1 : 0;
  // What never worked, and credentials that were just replaced, need no second opinion.
  const needsHuman = humanFailures >= (state.everConnected && !contentsChanged ? 2 : 1);
  const decided = before.verdicts === undefined || needsHuman || failures >= spec.checks.failureThreshold;
  return {
    ...state,
    failures,
    humanFailures,
    failingSince: state.failingSince ?? at,
    connected: state.connected && !decided,
    needsHuman,
    nextCheckAt: retryAt({ uid: state.uid, failures, humanFailures, needsHuman }, spec, {
      end: at + duration,
      random: check.random,
    }),
  };
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

function failureNeedsHuman({ outcomes }: CheckReport): boolean {
  const first = [...outcomes.values()].find(({ kind }) => kind === 'failed');
  return first?.kind === 'failed' && explain(first.failure).needsHuman;
}

/** The wait after the n-th failure in a row: retryInterval, doubling up to interval. */
export function retryDelay({ checks }: QlikServerSpec, failures: number): number {
  const first = milliseconds(checks.retryInterval);
  return Math.min(Math.max(first, milliseconds(checks.interval)), first * 2 ** Math.min(failures - 1, 16));
}

/** The state of a server whose material cannot be made; the same problem keeps the time it was first seen. */
export function afterProblem(
  state: ServerState,
  { reason, message }: ConfigurationProblem,
  now: number,
): ServerState {
  const since = state.problem?.reason === reason ? state.problem.since : now;
  return { ...state, problem: { reason, message, since }, connected: false, verdicts: undefined };
}
