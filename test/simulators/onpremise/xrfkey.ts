import type { Call, Reply } from '../http/message.ts';
import { text } from './message.ts';

/** The answer to a request whose cross-site key is absent, malformed or differs between header and query; else undefined. */
export function refuseWithoutXrfkey(call: Call): Reply | undefined {
  const key = call.url.searchParams.get('xrfkey') ?? '';
  return /^[0-9A-Za-z]{16}$/.test(key) && call.headers['x-qlik-xrfkey'] === key
    ? undefined
    : text(403, 'XSRF prevention check failed. Possible XSRF discovered.');
}
