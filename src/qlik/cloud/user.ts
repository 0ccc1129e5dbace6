import * as z from 'zod';
import type { HttpResponse, HttpSession } from '../transport/http.ts';
import { commonFailure, errorOf, parseJson } from './answer.ts';

const MAX_HOPS = 2;
const user = z.object({ id: z.string(), tenantId: z.string().default('') });

export type CloudUser = z.output<typeof user>;

/** The answer of an API to a token it does not accept. */
export class TokenRefused extends Error {}

/**
 * The user behind the token. `/users/me` answers with a redirect to the user; only its path is taken, so that the token
 * never leaves the host it is meant for, whatever host the answer names (a tenant has several).
 */
export async function currentUser(session: HttpSession, token: string): Promise<CloudUser> {
  const get = (path: string) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    return session.request({ method: 'GET', path, headers, secrets: [token] });
  };
  let response = await get('/api/v1/users/me');
  for (let hops = 0; isRedirect(response) && hops < MAX_HOPS; hops += 1) {
    response = await get(pathOf(session, response));
  }
  return userIn(session, response);
}

function isRedirect({ status }: HttpResponse): boolean {
  return status === 301 || status === 302 || status === 307 || status === 308;
}

function pathOf(session: HttpSession, { headers }: HttpResponse): string {
  const location = String(headers['location'] ?? '');
  const url = URL.canParse(location, 'https://tenant.invalid')
    ? new URL(location, 'https://tenant.invalid')
    : undefined;
  if (url?.pathname.startsWith('/api/v1/users/') === true) return url.pathname;
  throw session.failure(
    'UnexpectedResponse',
    'the redirect of /api/v1/users/me leads to something that is not a user',
  );
}

function userIn(session: HttpSession, response: HttpResponse): CloudUser {
  const failure = commonFailure(session, response);
  if (failure !== undefined) throw failure;
  if (response.status === 401) throw new TokenRefused(errorOf(response).text);
  if (response.status === 403)
    throw session.failure('Forbidden', `the API refuses the OAuth client (${errorOf(response).text})`);
  const parsed = user.safeParse(parseJson(response));
  if (response.status === 200 && parsed.success) return parsed.data;
  throw session.failure(
    'UnexpectedResponse',
    `unexpected answer of /api/v1/users/me: ${errorOf(response).text}`,
  );
}
