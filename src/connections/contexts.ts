import { createHash } from 'node:crypto';
import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls';

/** Secure contexts kept: building one takes milliseconds, and with the public roots it holds most of a megabyte. */
const CAPACITY = 256;
const cache = new Map<string, SecureContext>();

/** Public roots and the given authorities: what serverUrl is trusted by. Shared by all servers with equal trust. */
export function browserContext(authorities: readonly string[]): SecureContext {
  if (authorities.length === 0) return remembered('public roots', () => createSecureContext());
  return remembered(`browser ${digest(authorities)}`, () =>
    createSecureContext({ ca: [...getCACertificates('default'), ...authorities] }),
  );
}

/** The given authorities alone, never the public roots, with a client certificate: for the services of a site. */
export function serviceContext(
  client: Pick<SecureContextOptions, 'pfx' | 'passphrase' | 'cert' | 'key'>,
  authorities: readonly string[],
): SecureContext {
  // An empty list, not undefined, which would mean the public roots.
  return createSecureContext({ ...client, ca: [...authorities] });
}

function remembered(key: string, make: () => SecureContext): SecureContext {
  const known = cache.get(key);
  const context = known ?? make();
  cache.delete(key);
  cache.set(key, context);
  const [oldest] = cache.keys();
  if (cache.size > CAPACITY && oldest !== undefined) cache.delete(oldest);
  return context;
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
