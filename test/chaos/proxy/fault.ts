import type { RequestRecord } from './request-record.ts';

/** What can happen to a request on its way to the API server, or to the answer on its way back. */
export type Fault =
  /**
   * The connection is reset: before the API server hears of the request (the default), when it has acted on it and
   * before the client hears of that, or some time after the answer has begun. Open watches are cut at once or then.
   */
  | { readonly kind: 'cut'; readonly at?: 'request' | 'answer' | { readonly afterMs: number } }
  /**
   * The connection goes silent in both directions, with neither FIN nor RST, until it is healed: before the API server
   * hears of the request (the default), or when it has acted on it. Open watches go silent at once.
   */
  | { readonly kind: 'halfOpen'; readonly at?: 'request' | 'answer' }
  /** The API server hears of the request that much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The API server never hears of the request. */
  | { readonly kind: 'status'; readonly code: 410 | 429 | 500 | 503; readonly retryAfterSeconds?: number }
  /** A watch sends an ERROR event that says 410, and ends. */
  | { readonly kind: 'expired' }
  /** The next line of a watch comes twice. */
  | { readonly kind: 'duplicate' }
  /** The next line of a watch, or the body of another answer, ends in its middle, and so does the connection. */
  | { readonly kind: 'truncate' }
  /** A watch sends a line that is no JSON. */
  | { readonly kind: 'malformed' }
  /**
   * The client is killed: before the API server hears of the request, or when it has done what was asked and before the
   * client hears of that. What was refused kills nobody.
   */
  | { readonly kind: 'kill'; readonly at: 'request' | 'answer'; readonly kill: () => Promise<void> };

export type FaultKind = Fault['kind'];

/** Which requests meet a fault; those that have all that is given. */
export interface Match {
  readonly method?: string;
  readonly path?: RegExp;
  readonly isWatch?: boolean;
  readonly isList?: boolean;
  /** Of what is sent. */
  readonly body?: RegExp;
}

export function matches(
  { method, path, isWatch, isList, body }: Match,
  request: RequestRecord,
  sent: string,
): boolean {
  return (
    (method === undefined || method === request.method) &&
    (path === undefined || path.test(request.path)) &&
    (isWatch === undefined || isWatch === request.isWatch) &&
    (isList === undefined || isList === request.isList) &&
    (body === undefined || body.test(sent))
  );
}

const ON_WATCHES: ReadonlySet<FaultKind> = new Set(['expired', 'duplicate', 'malformed']);
const ON_NEW_REQUESTS: ReadonlySet<FaultKind> = new Set(['delay', 'status', 'kill']);

/** Whether a fault can do anything to a new request, or to a watch that is open already. */
export function concerns({ kind }: Fault, { isWatch }: RequestRecord, isOpen: boolean): boolean {
  return (isWatch || !ON_WATCHES.has(kind)) && !(isOpen && ON_NEW_REQUESTS.has(kind));
}
