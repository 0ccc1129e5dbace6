import { readFileSync } from 'node:fs';

/** The last lines of a log: what an error about its process has to show. */
export function lastLines(log: string, count = 15): string {
  try {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '(no log)';
  }
}
