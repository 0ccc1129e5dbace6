import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Reachability, type Absence } from './reachability.ts';

vi.mock('node:timers/promises', () => import('../../test/fakes/timers-promises.ts'));

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

function watched(probe: () => Promise<boolean>) {
  const told: (Absence | 'away')[] = [];
  const reachability = new Reachability({ probe });
  reachability.onAway(() => told.push('away'));
  reachability.onBack((absence) => told.push(absence));
  return { reachability, told };
}

test('is not probed while nobody suspects anything', async () => {
  const probe = vi.fn<() => Promise<boolean>>().mockResolvedValue(true);
  const { reachability } = watched(probe);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(probe).not.toHaveBeenCalled();
  expect(reachability.reachableFor).toBe(60_000);
});

test('a suspicion that is wrong is settled by one probe, and nobody is told', async () => {
  const probe = vi.fn<() => Promise<boolean>>().mockResolvedValue(true);
  const { reachability, told } = watched(probe);
  await expect(Promise.all([reachability.suspect(), reachability.suspect()])).resolves.toEqual([
    undefined,
    undefined,
  ]);
  expect(probe).toHaveBeenCalledTimes(1);
  expect(told).toEqual([]);
});

test('is probed about every second for all who wait, who learn within a second that it is back', async () => {
  let isUp = false;
  const probe = vi.fn<() => Promise<boolean>>(() =>
    isUp ? Promise.resolve(true) : Promise.reject(new Error('no')),
  );
  const { reachability, told } = watched(probe);
  const waiting = Promise.all(Array.from({ length: 1000 }, () => reachability.suspect()));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reachability.isAway).toBe(true);
  expect(reachability.reachableFor).toBe(0);
  expect(probe.mock.calls.length).toBeGreaterThan(45);
  expect(probe.mock.calls.length).toBeLessThan(80);
  isUp = true;
  await vi.advanceTimersByTimeAsync(1_200);
  expect(new Set(await waiting).size).toBe(1);
  expect(reachability.isAway).toBe(false);
  expect(told).toEqual(['away', { since: 1_000_000, duration: expect.any(Number) as number }]);
  expect((told[1] as Absence).duration).toBeGreaterThan(60_000);
});

test('probes no more once it is closed, and nobody waits for ever', async () => {
  const probe = vi.fn<() => Promise<boolean>>().mockResolvedValue(false);
  const { reachability, told } = watched(probe);
  const waiting = reachability.suspect();
  await vi.advanceTimersByTimeAsync(5_000);
  reachability.close();
  await expect(waiting).resolves.toBeUndefined();
  const probes = probe.mock.calls.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(probe.mock.calls.length - probes).toBeLessThanOrEqual(1);
  expect(told).toEqual(['away']);
});

test('who does not listen any more is told nothing', async () => {
  const probe = vi.fn<() => Promise<boolean>>().mockResolvedValueOnce(false).mockResolvedValue(true);
  const { reachability } = watched(probe);
  const listener = vi.fn<() => void>();
  reachability.onBack(listener)();
  const waiting = reachability.suspect();
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(waiting).resolves.toMatchObject({ since: 1_000_000 });
  expect(listener).not.toHaveBeenCalled();
});
