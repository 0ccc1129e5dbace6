import { describe, expect, test } from 'vitest';
import type { Random } from '../random.ts';
import type { Fault } from './fault.ts';
import { Faults } from './faults.ts';
import type { RequestRecord } from './request-record.ts';

function requestOf(path: string, isWatch = false): RequestRecord {
  return {
    id: 0,
    connection: 0,
    time: 0,
    method: 'GET',
    path,
    query: {},
    userAgent: '',
    isWatch,
    isList: false,
    status: undefined,
    faults: [],
    endTime: undefined,
  };
}

const draw = (random: Random): Fault => ({ kind: 'delay', ms: random.between(1, 1_000_000) });

/** What the requests for these paths meet, in milliseconds by path. */
function decisions(seed: number, paths: readonly string[]): Record<string, number[]> {
  const faults = new Faults(seed);
  faults.atRandom({ rate: 0.5, draw });
  const met: Record<string, number[]> = {};
  for (const path of paths) {
    const [fault] = faults.meetings(requestOf(path));
    (met[path] ??= []).push(fault?.kind === 'delay' ? fault.ms : 0);
  }
  return met;
}

describe('faults at random', () => {
  test('are the same again with the same seed, in whatever order other things are asked', () => {
    const inTurn = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 'a' : 'b'));
    const met = decisions(3, inTurn);
    expect(decisions(3, inTurn)).toEqual(met);
    expect(
      decisions(
        3,
        inTurn.toSorted((one, other) => (one < other ? -1 : 1)),
      ),
    ).toEqual(met);
    expect(
      decisions(
        3,
        Array.from({ length: 50 }, () => 'b'),
      )['b'],
    ).toEqual(met['b']);
    expect(decisions(4, inTurn)).not.toEqual(met);
    expect(met['a']).not.toEqual(met['b']);
  });

  test('come at about their rate, and not where they can do nothing', () => {
    const faults = new Faults(1);
    const some = faults.atRandom({ rate: 0.2, draw });
    for (let count = 0; count < 1000; count += 1) faults.meetings(requestOf('a'));
    expect(some.count).toBeGreaterThan(140);
    expect(some.count).toBeLessThan(260);
    const onWatches = faults.atRandom({ rate: 1, draw: () => ({ kind: 'malformed' }) });
    faults.meetings(requestOf('a', false));
    expect(onWatches.count).toBe(0);
    faults.meetings(requestOf('a', true));
    expect(onWatches.count).toBe(1);
  });
});

describe('a fault that is switched on', () => {
  test('meets open watches first, if it can still do anything to them', () => {
    const open = requestOf('a', true);
    const met: (Fault | undefined)[] = [];
    const faults = new Faults(1, (rule) => met.push(rule(open, true)));
    const late = faults.on({ kind: 'status', code: 500 }, { times: 1 });
    const cut = faults.on({ kind: 'cut' }, { times: 1 });
    expect(met).toEqual([undefined, { kind: 'cut' }]);
    expect([late.count, cut.count]).toEqual([0, 1]);
    expect(faults.meetings(requestOf('b'))).toEqual([{ kind: 'status', code: 500 }]);
    expect(faults.meetings(requestOf('b'))).toEqual([]);
  });

  test('is noted in the record of the request', () => {
    const faults = new Faults(1);
    faults.on({ kind: 'delay', ms: 1 });
    faults.on({ kind: 'cut' });
    const request = requestOf('a');
    faults.meetings(request);
    expect(request.faults).toEqual(['delay', 'cut']);
  });
});
