import { CHECKS_OF, findCondition, type Condition, type ConditionType } from '../../api/conditions.ts';
import { formatDuration } from '../../api/duration.ts';
import type { QlikServer, QlikServerStatus } from '../../api/qlikserver.ts';
import type { ServerState } from './state.ts';
import { timestamp } from '../../time/timestamp.ts';
import { executionsOf } from '../executions/report.ts';
import { summarize, type Known } from './summary.ts';
import type { Verdict } from './verdict.ts';

const MESSAGE_LIMIT = 2048;
const PRODUCT_LIMIT = 64;

/** The whole status a server should have now. Pure: the same state gives the same status, but for transition times. */
export function desiredStatus(server: QlikServer, known: Known, now: number): QlikServerStatus {
  const { state, apps, executions } = known;
  const summary = summarize(server, known, now);
  const before = server.status?.conditions ?? [];
  const generation = server.metadata.generation;
  return withoutUndefined({
    observedGeneration: generation,
    conditions: [...summary].map(([type, verdict]) =>
      conditionOf(type, verdict, { before, generation, now }),
    ),
    checks: checksOf(server, state, summary),
    endpoint: server.spec.onPremise?.serverUrl ?? server.spec.cloud?.tenantUrl,
    product: productOf(state),
    credential: credentialOf(state),
    // Not read while suspended, so after a restart it is known from the status alone.
    certificate: certificateOf(state) ?? (server.spec.suspend ? server.status?.certificate : undefined),
    appSync: apps.figures,
    executions: executionsOf(executions),
    binding: state.binding === undefined ? undefined : { name: state.binding },
    lastHandledSyncAt: apps.handledRequest,
    lastHandledReconcileAt: state.handledRequest,
  });
}

interface ConditionContext {
  readonly before: readonly Condition[];
  readonly generation: number;
  readonly now: number;
}

/** The transition time is that of the status, not of reason or message. */
export function conditionOf(
  type: ConditionType,
  verdict: Verdict,
  { before, generation, now }: ConditionContext,
): Condition {
  const known = findCondition(before, type);
  return {
    type,
    status: verdict.status,
    observedGeneration: generation,
    lastTransitionTime: known?.status === verdict.status ? known.lastTransitionTime : timestamp(now),
    reason: verdict.reason,
    message: verdict.message.slice(0, MESSAGE_LIMIT),
  };
}

function checksOf(
  { spec }: QlikServer,
  state: ServerState,
  summary: ReadonlyMap<ConditionType, Verdict>,
): QlikServerStatus['checks'] {
  const checks = CHECKS_OF[spec.type];
  const passed = checks.filter((check) => summary.get(check)?.status === 'True').length;
  return withoutUndefined({
    summary: `${passed}/${checks.length}`,
    lastTime: state.lastCheck === undefined ? undefined : timestamp(state.lastCheck.at),
    duration: state.lastCheck === undefined ? undefined : formatDuration(state.lastCheck.duration),
    failingSince: state.failingSince === undefined ? undefined : timestamp(state.failingSince),
    signInProvedTime: state.signInProvedAt === undefined ? undefined : timestamp(state.signInProvedAt),
    connectionFingerprint: state.fingerprint,
  });
}

/** Version and id are texts from outside; a status that breaks its schema could not be written at all. */
function productOf({ product }: ServerState): QlikServerStatus['product'] {
  if (product === undefined) return undefined;
  const { version, id, ...rest } = product;
  return {
    ...rest,
    ...(version === undefined ? {} : { version: version.slice(0, PRODUCT_LIMIT) }),
    ...(id === undefined ? {} : { id: id.slice(0, PRODUCT_LIMIT) }),
  };
}

/** Said only of a connection that was judged. */
function credentialOf(known: ServerState): QlikServerStatus['credential'] {
  const { credential, candidate, verdicts, nextAttempt } = known;
  if (candidate !== undefined) {
    return {
      state: candidate.state,
      message: candidate.message.slice(0, MESSAGE_LIMIT),
      ...(candidate.isHeldBack ? { nextAttemptTime: timestamp(candidate.nextAttemptAt) } : {}),
    };
  }
  if (verdicts === undefined && credential.state === 'Current') return undefined;
  return {
    state: credential.state,
    ...(nextAttempt === undefined ? {} : { nextAttemptTime: timestamp(nextAttempt) }),
  };
}

function certificateOf({ certificate }: ServerState): QlikServerStatus['certificate'] {
  if (certificate === undefined) return undefined;
  const { subject, issuer, notAfter, fingerprint } = certificate;
  return { subject, issuer, notAfter: timestamp(notAfter.getTime()), fingerprint };
}

export function withoutUndefined<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
