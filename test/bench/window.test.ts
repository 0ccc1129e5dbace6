import { expect, test } from 'vitest';
import { requestsOf } from './window.ts';

test("only requests of the user, from the window's beginning up to its end", () => {
  const entry = (username: string, time: string) => ({
    user: { username },
    requestReceivedTimestamp: `2026-01-02T03:04:${time}Z`,
  });
  const entries = [
    entry('operator', '04.999999'),
    entry('operator', '05.000001'),
    entry('peer', '05.000001'),
    entry('operator', '05.999999'),
    entry('operator', '06.000001'),
  ];
  const window = { from: '2026-01-02T03:04:05.000Z', to: '2026-01-02T03:04:06.000Z' };
  expect(requestsOf('operator', entries, window)).toBe(2);
});
