import { readFileSync } from 'node:fs';

/** How often a build says that it is alive. */
const EVERY_MS = 10_000;

/**
 * Prints to stderr, now and then, how far the `go build -v` is that writes this log; ends when
 * disposed. Go says nothing of linking, which is the whole work of a warm build: `linked` tells that part.
 */
export function reportProgress(log: string, linked: () => string): Disposable {
  const start = performance.now();
  const timer = setInterval(() => {
    console.error(
      `  ${elapsed(performance.now() - start)}: ${progress(readFileSync(log, 'utf8'))}, ${linked()}`,
    );
  }, EVERY_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

/** Counts what Go has printed: a line for each module downloaded, and a bare package path for each compilation. */
export function progress(log: string): string {
  const lines = log.split('\n');
  const downloads = lines.filter((line) => line.startsWith('go: downloading ')).length;
  const packages = lines.filter((line) => /^[\w./~-]+$/.test(line)).length;
  return `${downloads} modules downloaded, ${packages} packages compiled`;
}

/** Such as `3m05s`. */
export function elapsed(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const rest = String(seconds % 60).padStart(2, '0');
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${rest}s`;
}
