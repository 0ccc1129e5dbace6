import { expect, test, vi } from 'vitest';
import { EventLoopWatch } from './event-loop.ts';

test('sees for how long the event loop was blocked', async () => {
  const watch = new EventLoopWatch();
  watch.start();
  try {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const until = performance.now() + 1_000;
    while (performance.now() < until);
    await vi.waitFor(() => expect(watch.longestBlock).toBeGreaterThan(700));
    expect(watch.longestBlock).toBeLessThan(5_000);
  } finally {
    watch.stop();
  }
});
