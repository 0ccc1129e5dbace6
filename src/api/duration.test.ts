import { describe, expect, test } from 'vitest';
import { duration, formatDuration, milliseconds, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['0s', 0],
    ['1ms', 1],
    ['250ms', 250],
    ['1s', 1_000],
    ['90s', 90_000],
    ['1m', 60_000],
    ['1m1ms', 60_001],
    ['1h30m', 5_400_000],
    ['24h', 86_400_000],
    ['1h2m3s4ms', 3_723_004],
    ['007s', 7_000],
    ['999999h999999m999999s999999ms', 999_999 * 3_661_001],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    ['nothing', ''],
    ['no unit', '5'],
    ['no number', 'm'],
    ['a space', '5 m'],
    ['a space in front', ' 5m'],
    ['a line end', '5m\n'],
    ['an upper case unit', '5M'],
    ['a sign', '-5m'],
    ['a fraction', '1.5h'],
    ['a unit of days', '1d'],
    ['the units of Go below ms', '5us'],
    ['the smaller unit first', '30m1h'],
    ['a unit twice', '1m1m'],
    ['seven digits', '1000000s'],
    ['digits of another script', '٥m'],
  ])('%s is not a duration', (_, text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

test('milliseconds refuses what no schema accepts', () => {
  expect(milliseconds('90s')).toBe(90_000);
  expect(() => milliseconds('soon')).toThrow('not a duration: "soon"');
});

test.each([
  [0, '0s'],
  [-5, '0s'],
  [0.4, '0s'],
  [0.5, '1ms'],
  [250, '250ms'],
  [999.6, '1s'],
  [90_000, '1m30s'],
  [3_600_000, '1h'],
  [5_400_000, '1h30m'],
  [3_723_004, '1h2m3s4ms'],
  [90_000_000, '25h'],
])('%d ms is shown as %s, and read back as the same', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
  expect(parseDuration(text)).toBe(Math.max(0, Math.round(ms)));
});

describe('a duration field', () => {
  const field = duration({ field: 'wait', min: '5s', max: '2m', default: '60s', description: 'How long.' });

  test.each(['5s', '5000ms', '2m', '120s', '1m59s999ms'])('takes %s', (text) => {
    expect(field.parse(text)).toBe(text);
  });

  test.each(['4999ms', '0s', '2m1ms', '24h', '', 'soon', 60])('refuses %j', (value) => {
    expect(field.safeParse(value).success).toBe(false);
  });

  test('says in one sentence what it takes', () => {
    expect(field.safeParse('1h').error?.issues.map(({ message }) => message)).toEqual([
      'wait must be a duration from 5s to 2m, in whole numbers with h, m, s, ms, largest first, such as 90s or 1h30m',
    ]);
  });

  test('has its default, and its bounds in its help', () => {
    expect(field.parse(undefined)).toBe('60s');
    expect(field.meta()?.description).toBe('How long. A duration such as 90s or 1h30m, from 5s to 2m.');
  });
});
