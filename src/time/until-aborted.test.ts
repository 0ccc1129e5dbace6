import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { untilAborted } from './until-aborted.ts';

const NEVER = new Promise<never>(() => {});

it('settles with the work and leaves no listener behind', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(Promise.resolve('done'), signal)).toBe('done');
  await expect(untilAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

it('rejects with the reason of the signal, before the work or from the start', async () => {
  const controller = new AbortController();
  const waiting = untilAborted(NEVER, controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(untilAborted(NEVER, controller.signal)).rejects.toThrow('enough');
});
