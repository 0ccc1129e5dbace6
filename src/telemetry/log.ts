import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type Log = Logger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['json', 'text'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** The operator's log on standard error: JSON for machines, or lines for people. */
export function createLog({ level, format }: { level: LogLevel; format: LogFormat }): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    // Only what is known to be safe: errors of TLS and HTTP libraries carry options, and options carry keys.
    // `err` is Pino's own key, whose serializer would write them all; `log.error(error)` uses `errorKey`.
    serializers: { error: describe, err: describe },
    errorKey: 'error',
  };
  const colorize = process.stderr.isTTY;
  const stream =
    format === 'text'
      ? pretty({ destination: 2, colorize, sync: true, ignore: 'pid,hostname' })
      : pino.destination({ fd: 2, sync: true });
  return pino(options, stream);
}

interface Described {
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string | undefined;
}

function describe(error: unknown): Described {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { code?: unknown };
  return { message: error.message, ...(code === undefined ? {} : { code }), stack: error.stack };
}
