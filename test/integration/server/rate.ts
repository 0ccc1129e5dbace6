/** How many of these times, at most, lie within so many milliseconds, wherever these begin. */
export function mostWithin(duration: number, times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= duration) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
