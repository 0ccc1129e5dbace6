import { expect, test } from 'vitest';
import { noiseText } from './noise.ts';

const QUIET = { foreign: 0.02, rest: 0.3 };

test('a quiet machine is described, without a warning', () => {
  expect(noiseText([QUIET, { foreign: 0.04, rest: 0.5 }])).toBe(
    'Measured core: 3 % used by others, at most 4 %; other core: 40 % busy, at most 50 %',
  );
});

test('one noisy time is enough for a warning', () => {
  expect(noiseText([QUIET, QUIET, { foreign: 0.5, rest: 0.3 }])).toContain('\nNOISY: ');
});

test('with a busy other core, time says nothing', () => {
  expect(noiseText([QUIET, { foreign: 0.02, rest: 0.97 }])).toContain('compare CPU, not time');
});
