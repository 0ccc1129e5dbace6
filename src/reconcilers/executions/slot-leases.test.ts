import { describe, expect, test } from 'vitest';
import { EXPIRED, exampleExecution, HELD } from '../../../test/fakes/execution-examples.ts';
import { ObjectApi } from '../../../test/fakes/object-api.ts';
import { LEASES } from '../../kubernetes/resource.ts';
import { SlotLeases } from './slot-leases.ts';

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kpi/leases/slot';

/** The slot `slot` of 30 s, its Lease, and a clock. */
function slot() {
  const api = new ObjectApi();
  const clock = { now: 0 };
  const leases = new SlotLeases(api.client, () => clock.now);
  const renew = (renewTime: string) => {
    if (api.get(LEASE) === undefined)
      api.add(LEASES, { metadata: { name: 'slot', namespace: 'kpi' }, spec: { renewTime } } as never);
    else api.edit(LEASE, { spec: { renewTime } });
  };
  const remaining = () => leases.remaining(exampleExecution('slot', HELD));
  return { api, clock, leases, renew, remaining };
}

describe('a Lease', () => {
  test('runs out when it was not renewed for its duration, by our clock', async () => {
    const { clock, renew, remaining } = slot();
    renew('2030-01-01T00:00:00Z');
    expect(await remaining()).toBe(30_000);
    clock.now = 29_000;
    expect(await remaining()).toBe(1_000);
    clock.now = 30_000;
    expect(await remaining()).toBe(0);
  });

  test('that is renewed has its whole duration again, whatever the clock of its holder says', async () => {
    const { clock, renew, remaining } = slot();
    renew('2030-01-01T00:00:00Z');
    await remaining();
    renew('2020-01-01T00:00:00Z');
    clock.now = 30_000;
    expect(await remaining()).toBe(30_000);
  });

  test('that was never made runs out as well', async () => {
    const { clock, remaining } = slot();
    expect(await remaining()).toBe(30_000);
    clock.now = 30_000;
    expect(await remaining()).toBe(0);
  });

  test('is read only when it could have run out', async () => {
    const { api, clock, remaining } = slot();
    await remaining();
    clock.now = 29_999;
    await remaining();
    expect(api.requests).toHaveLength(1);
  });
});

test('the grace of an expired slot counts from when this process first saw it, not by the clock that wrote it', () => {
  const { clock, leases } = slot();
  const expired = exampleExecution('slot', EXPIRED);
  clock.now = 100_000;
  expect(leases.isGraceOver(expired)).toBe(false);
  clock.now = 129_999;
  expect(leases.isGraceOver(expired)).toBe(false);
  clock.now = 130_000;
  expect(leases.isGraceOver(expired)).toBe(true);
});
