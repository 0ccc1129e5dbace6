import { randomUUID } from 'node:crypto';

/** A Qlik user, as QRS and QPS name it. */
export interface QlikUser {
  readonly directory: string;
  readonly id: string;
}

/** `DIRECTORY\user` → its two parts. */
export function parseUser(account: string): QlikUser {
  const [directory = '', id = ''] = account.split('\\');
  return { directory, id };
}

/** How messages name a user. */
export function userName({ directory, id }: QlikUser): string {
  return `${directory}\\${id}`;
}

/** Qlik compares directories and user ids without regard to case. */
export function sameUser(a: QlikUser, b: QlikUser): boolean {
  return userName(a).toLowerCase() === userName(b).toLowerCase();
}

/** X-Qlik-User: both values percent-encoded and no space after ";", which some sites take as part of the user id. */
export function userHeader({ directory, id }: QlikUser): string {
  return `UserDirectory=${encodeURIComponent(directory)};UserId=${encodeURIComponent(id)}`;
}

/** Against request forgery QRS and QPS want the same 16 letters or digits in a header and in the query. */
export function xrfkey(): string {
  return randomUUID().replaceAll('-', '').slice(0, 16); // ten times faster than 8 random bytes
}

/** A path with the key in its query, and the header that must equal it. */
export function withXrfkey(path: string): {
  path: string;
  headers: Record<string, string>;
  secrets: string[];
} {
  const key = xrfkey();
  return {
    path: `${path}${path.includes('?') ? '&' : '?'}xrfkey=${key}`,
    headers: { 'x-qlik-xrfkey': key },
    // No secret, but another one each time: who repeats it must not make a message that changes.
    secrets: [key],
  };
}
