import { expect, test, vi } from 'vitest';
import { QlikError } from '../failure.ts';
import type { HttpSession } from '../transport/http.ts';
import { RateLimits } from './rate-limits.ts';

const session = {
  failure: (kind: 'RateLimited', detail: string) =>
    new QlikError({ kind, phase: 'api', endpoint: 'acme:443', detail }),
} as unknown as HttpSession;

const refused = (retryAfter: number) => () =>
  Promise.reject(
    new QlikError({
      kind: 'RateLimited',
      phase: 'api',
      endpoint: 'acme:443',
      detail: 'HTTP 429',
      retryAfter,
    }),
  );

test('who has to wait does not ask, in that tier and as that client alone', async () => {
  let now = 0;
  const limits = new RateLimits(() => now);
  await expect(limits.respecting('a', 'tokens', session, refused(5_000))).rejects.toThrow('HTTP 429');
  const request = vi.fn<() => Promise<string>>(() => Promise.resolve('answer'));

  now = 2_000;
  const early = limits.respecting('a', 'tokens', session, request);
  await expect(early).rejects.toMatchObject({ failure: { kind: 'RateLimited', retryAfter: 3_000 } });
  expect(request).not.toHaveBeenCalled();
  await expect(limits.respecting('a', 'reads', session, request)).resolves.toBe('answer');
  await expect(limits.respecting('b', 'tokens', session, request)).resolves.toBe('answer');

  now = 5_000;
  await expect(limits.respecting('a', 'tokens', session, request)).resolves.toBe('answer');
  expect(limits.size).toBe(0);
});

test('another failure makes nobody wait', async () => {
  const limits = new RateLimits();
  const failing = () => Promise.reject(new Error('reset'));
  await expect(limits.respecting('a', 'reads', session, failing)).rejects.toThrow('reset');
  await expect(limits.respecting('a', 'reads', session, () => Promise.resolve(1))).resolves.toBe(1);
});
