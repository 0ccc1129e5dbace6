import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../../kubernetes/api-error.ts';

/** How often a request is made that the API server asks to make later. */
const ATTEMPTS = 5;
const LONGEST_WAIT = 30_000;

/** An API server that is overloaded, or that has just learnt of a kind, says when it wants to be asked again. */
export async function patiently<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 429 || attempt === ATTEMPTS) throw error;
      await delay(Math.min(error.retryAfter ?? 1_000, LONGEST_WAIT), undefined, { signal });
    }
  }
}
