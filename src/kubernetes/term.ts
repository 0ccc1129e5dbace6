import type { ApiRequest, RestClient } from './rest.ts';

/** The time during which this replica is the leader. */
export interface Term {
  /** Aborts when the term ends, for whatever reason. */
  readonly signal: AbortSignal;
  /**
   * Whether the term lasts, by the clocks alone: a process that was stopped for a minute knows at once that it has been
   * deposed, before any timer has told it.
   */
  readonly isHeld: () => boolean;
}

/** Resolves when the term is over. */
export function endOf({ signal }: Term): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What reads and writes objects one by one. */
export type ApiClient = Pick<RestClient, 'request'>;

/** The term is over, so nothing may be written any more. */
export class TermOver extends Error {
  constructor() {
    super('this replica is not the leader any more');
    this.name = 'TermOver';
  }
}

/** A client whose requests end with the term; one that the term has not outlasted is not sent. */
export function clientOf(term: Term, rest: ApiClient): ApiClient {
  return {
    request: <T>(request: ApiRequest): Promise<T> => {
      if (!term.isHeld()) return Promise.reject(new TermOver());
      const { signal } = request;
      return rest.request<T>({
        ...request,
        signal: signal === undefined ? term.signal : AbortSignal.any([term.signal, signal]),
      });
    },
  };
}
