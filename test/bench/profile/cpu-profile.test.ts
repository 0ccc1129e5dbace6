import { expect, test } from 'vitest';
import { type CpuProfile, type Frame, sharesOf } from './cpu-profile.ts';

function frame(functionName: string, url = ''): Frame {
  return { functionName, url, lineNumber: 0, columnNumber: 0 };
}

/** One sample each at 1,000, 1,100, … µs. */
const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] },
    { id: 2, callFrame: frame('check', 'ours'), children: [4] },
    { id: 3, callFrame: frame('(idle)') },
    { id: 4, callFrame: frame('write') },
    { id: 5, callFrame: frame('read') },
  ],
  startTime: 900,
  samples: [2, 4, 3, 3, 2, 5],
  timeDeltas: [100, 100, 100, 100, 100, 100],
};

const partOf = ({ url }: Frame): string | undefined => (url === '' ? undefined : url);

test('native code counts for its caller, and idleness not at all', () => {
  const { samples, byPart } = sharesOf(PROFILE, { from: 0, to: 2_000 }, partOf);
  expect(samples).toBe(4);
  expect(byPart).toEqual([
    ['ours', 0.75],
    ['native code', 0.25],
  ]);
});

test('only what lies between the two moments counts', () => {
  expect(sharesOf(PROFILE, { from: 1_400, to: 1_400 }, partOf)).toEqual({
    samples: 1,
    byPart: [['ours', 1]],
  });
  expect(sharesOf(PROFILE, { from: 1_500, to: 9_000 }, partOf).byPart).toEqual([['native code', 1]]);
});
