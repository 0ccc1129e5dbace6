import { randomBytes } from 'node:crypto';
import type { Reply } from '../http/message.ts';

/** One entry of an `errors` array. */
export interface ApiError {
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
}

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** The form of all errors, OAuth's included: `{errors: [...], traceId}`. */
export function failure(status: number, error: ApiError): Reply {
  return json({ errors: [{ ...error, status: String(status) }], traceId: traceId() }, status);
}

/** A refusal whose real code nobody has seen: `HTTP-` and the status. */
export function refusal(status: number, title: string, detail?: string): Reply {
  return failure(status, { code: `HTTP-${status}`, title, ...(detail !== undefined && { detail }) });
}

/** 429, with the body that the vendor prints. */
export function tooMany(seconds: number): Reply {
  const detail = `You need to wait ${seconds} seconds until limit is lifted.`;
  const error = { code: 'HTTP-429', title: 'API rate limit reached.', detail };
  return json({ errors: [error] }, 429, { 'retry-after': String(seconds) });
}

/** A web page. */
export function page(status: number, title: string): Reply {
  const body = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** A redirect with the little page that goes with it. */
export function redirect(status: 301 | 302, location: string): Reply {
  const body = `<a href="${location}">${status === 301 ? 'Moved Permanently' : 'Found'}</a>.\n`;
  return { status, headers: { location, 'content-type': 'text/html; charset=utf-8' }, body };
}

/** Identifies a request in the vendor's logs. */
export function traceId(): string {
  return `0000000000000000${randomBytes(8).toString('hex')}`;
}
