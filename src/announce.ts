import { ApiError } from './kubernetes/api-error.ts';
import type { ElectionNews } from './kubernetes/election.ts';
import type { RestClient } from './kubernetes/rest.ts';
import type { Log } from './telemetry/log.ts';

/** Says in the log who leads, and why not. */
export function announcer(log: Log): (news: ElectionNews) => void {
  return (news) => {
    switch (news.kind) {
      case 'standingBy':
        log.info({ leader: news.holder }, 'standing by');
        break;
      case 'leading':
        log.info('leading');
        break;
      case 'deposed':
        log.warn({ why: news.why }, 'not leading any more; standing by');
        break;
      case 'failed':
        log.warn({ why: whyOf(news.error) }, 'cannot read or write the lease; it is tried again');
        break;
    }
  };
}

/** One line when the API server is found to be away and one when it is back, however many watches were cut. */
export function announceAbsences(
  { reachability }: RestClient,
  { server, log }: { readonly server: string; readonly log: Log },
): void {
  reachability.onAway(() => log.warn({ server }, 'the API server is away; it is tried every second'));
  reachability.onBack(({ duration }) => {
    log.info({ seconds: Math.round(duration / 1000) }, 'the API server is back');
  });
}

function whyOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const isForbidden = error instanceof ApiError && error.code === 403;
  return isForbidden
    ? `${message}; bind the ServiceAccount to a Role with get, create and update on leases`
    : message;
}
