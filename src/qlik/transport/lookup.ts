import { lookup, type LookupAddress } from 'node:dns';

const running = new Map<string, Promise<LookupAddress[]>>();

/** Joins lookups of one name that are under way: a silent name server must not take a thread per check. */
function singleFlight(host: string): Promise<LookupAddress[]> {
  const known = running.get(host);
  if (known !== undefined) return known;
  const started = new Promise<LookupAddress[]>((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => {
      running.delete(host);
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });
  started.catch(() => {});
  running.set(host, started);
  return started;
}

/** The addresses of a host, or the error of the resolver; rejects when `signal` aborts, which getaddrinfo cannot. */
export async function addressesOf(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([singleFlight(host), promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
