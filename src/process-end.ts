import type { Log } from './telemetry/log.ts';

/** A pod is killed 30 s after it was asked to end; a lease that is given back before saves the others the wait. */
const LONGEST_SHUTDOWN = 25_000;

/** Aborts with the first SIGINT or SIGTERM; a second one ends the process the hard way, and so does a long shutdown. */
export function shutdownRequested(log: Log): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      if (stop.signal.aborted) process.exit(1);
      log.info({ signal }, 'stopping');
      stop.abort();
      const last = setTimeout(() => {
        log.error(`not stopped after ${LONGEST_SHUTDOWN / 1000} s; ending without waiting any longer`);
        process.exit(1);
      }, LONGEST_SHUTDOWN);
      last.unref();
    });
  }
  return stop.signal;
}

/** An error nobody has caught ends the process, as by default, but its text goes through the log, which knows what is safe. */
export function endOnUnexpectedErrors(log: Log): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ error }, `ended by an unexpected error (${event})`);
      process.exit(1);
    });
  }
}
