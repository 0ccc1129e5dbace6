import * as z from 'zod';
import { QlikError } from '../failure.ts';
import { describeResponse, excerptOf } from '../transport/excerpt.ts';
import type { HttpResponse, HttpSession } from '../transport/http.ts';

/** The error body of every Qlik Cloud API, the token endpoint included; RFC 6749 bodies are not used. */
const errors = z.object({
  errors: z.array(z.object({ code: z.string(), title: z.string().default('') })).min(1),
});

const LONGEST_RETRY_AFTER = 3_600_000;
const UNKNOWN_TENANT = 'LOGIN-2';
const UNAVAILABLE: ReadonlySet<number> = new Set([502, 503, 504]);

/** What an answer that is not a success says of itself: its code and title, never more of the body. */
export interface CloudError {
  readonly code: string | undefined;
  readonly text: string;
}

export function errorOf(response: HttpResponse): CloudError {
  const parsed = errors.safeParse(parseJson(response));
  const first = parsed.success ? parsed.data.errors[0] : undefined;
  if (first === undefined) return { code: undefined, text: describeResponse(response) };
  const shown = (text: string) => response.redact(excerptOf(text, 100));
  return {
    code: first.code,
    text: `HTTP ${response.status}, ${shown(first.code)} "${shown(first.title)}"`,
  };
}

/** The JSON of a response, or `undefined` when it has none: whatever answers in Qlik's place sends pages. */
export function parseJson({ headers, body }: HttpResponse): unknown {
  if (!String(headers['content-type'] ?? '').includes('json')) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Retry-After in whole seconds, as Qlik sends it; a second where it is missing, and never more than an hour. */
function retryAfterOf({ headers }: HttpResponse): number {
  const seconds = Number(headers['retry-after'] ?? 1);
  return Math.min(LONGEST_RETRY_AFTER, Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000);
}

/** What any answer of a tenant may mean, whatever was asked; `undefined` when it is none of these. */
export function commonFailure(session: HttpSession, response: HttpResponse): QlikError | undefined {
  const { code, text } = errorOf(response);
  if (code === UNKNOWN_TENANT)
    return session.failure('UnknownTenant', `no tenant has this host name (${text})`);
  if (response.status === 429) {
    const { failure } = session.failure('RateLimited', `the tenant limits the rate of requests (${text})`);
    return new QlikError({ ...failure, retryAfter: retryAfterOf(response) });
  }
  if (UNAVAILABLE.has(response.status))
    return session.failure('ProxyUnavailable', `the tenant answers with ${text}`, 'http');
  return undefined;
}
