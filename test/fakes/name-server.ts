/**
 * Loaded into the operator's process before anything else (`--import`): the name server of the domain `example`, which no
 * real one knows. Only the system's resolver is replaced, as a test can neither configure it nor make it fall silent.
 */
import dns, { type LookupAddress } from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

type Callback = (error: Error | null, addresses?: string | LookupAddress[], family?: number) => void;

const LOOPBACK = { address: '127.0.0.1', family: 4 };
const genuine = dns.lookup as unknown as (...args: readonly unknown[]) => void;

function lookup(host: string, ...rest: readonly unknown[]): void {
  if (!host.endsWith('.example')) return genuine(host, ...rest);
  const callback = rest.at(-1) as Callback;
  const isAll = typeof rest[0] === 'object' && (rest[0] as { all?: boolean }).all === true;
  if (host.endsWith('.silent.example')) return; // and never calls back
  if (host.endsWith('.elsewhere.example')) {
    setImmediate(() =>
      isAll ? callback(null, [LOOPBACK]) : callback(null, LOOPBACK.address, LOOPBACK.family),
    );
    return;
  }
  const code = host.endsWith('.hiccup.example') ? 'EAI_AGAIN' : 'ENOTFOUND';
  const error = Object.assign(new Error(`getaddrinfo ${code} ${host}`), {
    code,
    syscall: 'getaddrinfo',
    hostname: host,
  });
  setImmediate(() => callback(error));
}

dns.lookup = lookup as unknown as typeof dns.lookup;
syncBuiltinESMExports();
