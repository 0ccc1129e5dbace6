import { REQUESTED_AT_ANNOTATION } from '../../api/group.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { ServerState } from './state.ts';

/** Why a check is made now. */
export type Due = 'neverJudged' | 'contentsChanged' | 'requested' | 'scheduled';

/** The request that was not acted on yet, if there is one. */
export function openRequest({ metadata }: QlikServer, state: ServerState): string | undefined {
  const requested = metadata.annotations?.[REQUESTED_AT_ANNOTATION];
  return requested === state.handledRequest ? undefined : requested;
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
  if (state.fingerprint !== fingerprint) return 'contentsChanged';
  if (openRequest(server, state) !== undefined) return 'requested';
  return state.nextCheckAt <= now ? 'scheduled' : undefined;
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
