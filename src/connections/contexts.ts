import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls';

/** Contexts by a digest of all that went in: building one takes milliseconds, and with the public roots it holds most of a megabyte. */
const contexts = (max: number) =>
  new LRUCache<string, SecureContext, SecureContextOptions>({
    max,
    memoMethod: (_digest, _stale, { context: options }) => createSecureContext(options),
  });
const browserContexts = contexts(64);
const serviceContexts = contexts(256);

/** Public roots and the given authorities: what serverUrl is trusted by. Shared by all servers with equal trust. */
export function browserContext(authorities: readonly string[]): SecureContext {
  const options = authorities.length === 0 ? {} : { ca: [...getCACertificates('default'), ...authorities] };
  return browserContexts.memo(digest(authorities), { context: options });
}

/** A client certificate as it came: a PKCS#12 file with its passphrase, or two PEM files. */
export type ClientFiles =
  | { readonly pfx: Buffer; readonly passphrase: string }
  | { readonly cert: Buffer | string; readonly key: Buffer | string };

/** The given authorities alone, never the public roots, with a client certificate: for the services of a site. */
export function serviceContext(client: ClientFiles, authorities: readonly string[]): SecureContext {
  // An empty list, not undefined, which would mean the public roots.
  const options = { ...client, ca: [...authorities] };
  return serviceContexts.memo(digest([...Object.values(client), ...authorities]), { context: options });
}

function digest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\0`).update(part);
  return hash.digest('hex');
}
