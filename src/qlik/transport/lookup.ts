import { lookup, type LookupAddress } from 'node:dns';
import { untilAborted } from '../../time/until-aborted.ts';

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
  signal.throwIfAborted(); // before a thread is taken
  return untilAborted(singleFlight(host), signal);
}
