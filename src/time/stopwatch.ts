/** Measures how long ago a moment was. */
export type Stopwatch = () => number;

/**
 * Starts to measure, in milliseconds. The larger of two clocks counts: the monotonic one stands still while the machine
 * sleeps, and the other one may be set back.
 */
export function stopwatch(): Stopwatch {
  const [monotonic, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - monotonic, Date.now() - wall);
}
