import { REQUESTED_AT_ANNOTATION } from '../../api/group.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { ServerState } from './state.ts';

/** Why a check is made now. */
export type Due = 'neverJudged' | 'contentsChanged' | 'requested' | 'scheduled';

/** What the echo of a request in a status can hold; a status that breaks its schema could not be written at all. */
const LONGEST_REQUEST = 256;

/** The value of an annotation that asks for something, unless it was acted on already. */
export function unhandled(
  { metadata }: QlikServer,
  annotation: string,
  handled: string | undefined,
): string | undefined {
  const requested = metadata.annotations?.[annotation]?.slice(0, LONGEST_REQUEST);
  return requested === handled ? undefined : requested;
}

/** The request for a check that was not acted on yet, if there is one. */
export function openRequest(server: QlikServer, { handledRequest }: ServerState): string | undefined {
  return unhandled(server, REQUESTED_AT_ANNOTATION, handledRequest);
}

export interface Moment {
  readonly fingerprint: string;
  readonly now: number;
}

/** Whether a check is due, and why; everything but `scheduled` is made at once. */
export function dueNow(
  server: QlikServer,
  state: ServerState,
  { fingerprint, now }: Moment,
): Due | undefined {
  if (state.verdicts === undefined) return 'neverJudged';
  if (state.fingerprint !== fingerprint && !isAwaitingRetry(state, fingerprint)) return 'contentsChanged';
  if (openRequest(server, state) !== undefined) return 'requested';
  return state.nextCheckAt <= now ? 'scheduled' : undefined;
}

/** A candidate that could not be judged is tried again like any failure, not with every reconcile. */
function isAwaitingRetry({ credential }: ServerState, fingerprint: string): boolean {
  return credential.state === 'CandidateUnproven' && credential.fingerprint === fingerprint;
}

/** Whether the sign-in must be proved anew; it costs a Qlik session, so not with every check. */
export function signInProofDue(
  state: ServerState,
  due: Due,
  { version, now, interval }: { version: string; now: number; interval: number },
): boolean {
  if (due === 'neverJudged' || due === 'contentsChanged' || due === 'requested') return true;
  if (state.verdicts?.get('VirtualProxyReady')?.status !== 'True') return true;
  if (state.virtualProxyVersion !== undefined && state.virtualProxyVersion !== version) return true;
  return state.signInProvedAt === undefined || now - state.signInProvedAt >= interval;
}
