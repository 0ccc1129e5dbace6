import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cancellation } from './cancellation.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a cancellation', () => {
  it('aborts with the first of its causes, for its reason, and leaves the others alone', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    using cancellation = new Cancellation(first.signal, second.signal);
    expect(cancellation.signal.aborted).toBe(false);
    second.abort('enough');
    expect(cancellation.signal.reason).toBe('enough');
    expect(getEventListeners(first.signal, 'abort')).toHaveLength(0);
  });

  it('is aborted from the start when a cause is', () => {
    using cancellation = Cancellation.after(1_000, AbortSignal.abort('over'));
    expect(cancellation.signal.reason).toBe('over');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('aborts when its time is up, which its reason says', () => {
    using cancellation = Cancellation.after(1_000);
    vi.advanceTimersByTime(999);
    expect(cancellation.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(cancellation.signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('leaves neither timer nor listener behind once disposed, and does not abort afterwards', () => {
    const cause = new AbortController();
    const cancellation = Cancellation.after(1_000, cause.signal);
    cancellation[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(cause.signal, 'abort')).toHaveLength(0);
    cause.abort();
    expect(cancellation.signal.aborted).toBe(false);
  });
});
