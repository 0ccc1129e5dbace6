import type * as z from 'zod';
import { describeResponse } from '../transport/excerpt.ts';
import type { HttpResponse, HttpSession } from '../transport/http.ts';

/**
 * The JSON of a response, checked against what is expected. Qlik's error bodies are plain text or pages, also with
 * status 200 when something else answers in its place: status and content type are looked at first.
 */
export function jsonOf<S extends z.ZodType>(
  session: HttpSession,
  response: HttpResponse,
  schema: S,
): z.output<S> {
  const isJson = String(response.headers['content-type'] ?? '').includes('json');
  if (response.status < 200 || response.status > 299 || !isJson) throw unexpected(session, response);
  const parsed = schema.safeParse(parse(response.body));
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.') ?? '';
    throw session.failure(
      'UnexpectedResponse',
      `the JSON of the answer is not what Qlik sends${at === '' ? '' : ` (at "${at}")`}`,
    );
  }
  return parsed.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unexpected(session: HttpSession, response: HttpResponse) {
  const kind = response.status === 403 ? 'Forbidden' : 'UnexpectedResponse';
  return session.failure(kind, `unexpected answer ${describeResponse(response)}`);
}
