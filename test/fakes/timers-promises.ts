/**
 * In the place of `node:timers/promises`, whose timers Vitest does not fake:
 * `vi.mock('node:timers/promises', () => import('…/test/fakes/timers-promises.ts'))`.
 */
export function setTimeout(
  ms: number,
  value: unknown,
  { signal }: { readonly signal: AbortSignal },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const timer = globalThis.setTimeout(resolve, ms, value);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
