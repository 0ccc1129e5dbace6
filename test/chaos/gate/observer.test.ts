import { beforeEach, describe, expect, test } from 'vitest';
import { Story } from './fixtures/story.ts';

let story: Story;

beforeEach(() => {
  story = new Story();
  story.limit(1);
});

/** Reserves for all of them at once, which is beyond the limit as soon as two of them are let go. */
function admit(...names: readonly string[]): void {
  for (const name of names) story.job(name);
  story.ledger(Object.fromEntries(names.map((name) => [name, 1])));
  for (const name of names) story.job(name, { suspend: false });
}

describe('the limit', () => {
  test('is kept by one after the other', () => {
    admit('a');
    story.pod('a-1', 'a');
    story.pod('a-1', 'a', { phase: 'Succeeded' });
    story.job('a', { suspend: false, finished: true });
    admit('b');
    story.pod('b-1', 'b');
    expect(story.violations).toEqual([]);
    expect(story.observer.counts).toMatchObject({ jobsAdmitted: 2, pods: 2 });
  });

  test('is broken by two at once', () => {
    admit('a', 'b');
    expect(story.violations).toEqual([
      expect.stringContaining('kpi/b is admitted: 2 slots of kpi/qlik in use of 1 (kpi/a: 1, kpi/b: 1)'),
    ]);
  });

  test('is broken by one who takes more slots than there are', () => {
    story.job('a', { slots: 2 });
    story.ledger({ a: 1 });
    story.job('a', { slots: 2, suspend: false });
    expect(story.violations).toHaveLength(1);
  });

  test.each([
    ['that stops', (pod: string) => story.pod(pod, 'a', { stopping: true })],
    ['that runs on without its Job', (pod: string) => story.pod(pod, 'a')],
  ])('counts a pod %s', (_what, goOn) => {
    admit('a');
    story.pod('a-1', 'a');
    goOn('a-1');
    story.jobGone('a');
    story.job('b');
    story.ledger({ a: 1, b: 1 });
    story.job('b', { suspend: false });
    expect(story.violations).toEqual([expect.stringContaining('2 slots of kpi/qlik in use of 1')]);
    story.podGone('a-1');
    story.ledger({ b: 1 });
    expect(story.violations).toHaveLength(1);
  });

  test('is the one in force when slots were reserved, or any since', () => {
    story.limit(2);
    for (const name of ['a', 'b']) story.job(name);
    story.ledger({ a: 1, b: 1 });
    story.job('a', { suspend: false });
    story.limit(1);
    story.ledger({ a: 1, b: 1 });
    story.job('b', { suspend: false });
    expect(story.violations).toEqual([]);
    story.job('b', { suspend: false, finished: true });
    story.ledger({ a: 1 });
    story.job('c');
    story.ledger({ a: 1, c: 1 });
    story.job('c', { suspend: false });
    expect(story.violations).toEqual([expect.stringContaining('kpi/c is admitted: 2 slots')]);
  });

  test('may have been raised between the reservation and the start', () => {
    for (const name of ['a', 'b']) story.job(name);
    story.ledger({ a: 1 });
    story.limit(2);
    story.ledger({ a: 1, b: 1 });
    for (const name of ['b', 'a']) story.job(name, { suspend: false });
    expect(story.violations).toEqual([]);
  });

  test('is not broken by what users force, which counts as soon as the ledger has it', () => {
    admit('a');
    story.job('forced', { suspend: false, forced: true });
    story.pod('forced-1', 'forced');
    story.pod('a-1', 'a');
    expect(story.violations).toEqual([]);
    expect(story.observer.counts).toMatchObject({ forced: 1, overByUsers: 1 });
    story.pod('a-1', 'a', { phase: 'Succeeded' });
    story.job('a', { suspend: false, finished: true });
    story.ledger({ forced: 1 });
    story.job('b');
    story.ledger({ forced: 1, b: 1 });
    story.job('b', { suspend: false });
    expect(story.violations).toEqual([expect.stringContaining('kpi/b is admitted: 2 slots')]);
  });

  test('counts a pod that holds a slot, as long as it may work', () => {
    story.pod('worker', undefined);
    story.execution('e', 'Queued', { pod: 'worker' });
    story.ledger({ e: 1 });
    story.execution('e', 'Admitted', { pod: 'worker' });
    story.job('b');
    story.ledger({ e: 1, b: 1 });
    story.job('b', { suspend: false });
    expect(story.violations).toEqual([expect.stringContaining('2 slots of kpi/qlik in use of 1')]);
    story.pod('worker', undefined, { phase: 'Failed' });
    story.ledger({ b: 1 });
    expect(story.violations).toHaveLength(1);
  });

  test('counts a program that still works after its slot has expired', () => {
    story.execution('e', 'Queued');
    story.ledger({ e: 1 });
    story.execution('e', 'Admitted');
    story.works('e', true);
    story.execution('e', 'Expired');
    story.ledger({ e: 1 });
    expect(story.violations).toEqual([]);
    story.ledger({});
    expect(story.violations).toEqual([expect.stringContaining('kpi/e uses 1 slots of kpi/qlik without')]);
    story.works('e', false);
    story.ledger({});
    expect(story.violations).toHaveLength(1);
  });
});

describe('the ledger', () => {
  test('has everybody who uses slots', () => {
    admit('a');
    story.pod('a-1', 'a');
    story.jobGone('a');
    story.ledger({});
    expect(story.violations).toEqual([
      expect.stringContaining('kpi/a uses 1 slots of kpi/qlik without an entry'),
    ]);
  });

  test('had everybody whose pods start', () => {
    story.job('a');
    story.pod('a-1', 'a');
    expect(story.violations).toEqual([expect.stringContaining('kpi/a starts a-1 and never had slots')]);
  });

  test('says the limit of the server as it names it, and never of an earlier one', () => {
    story.ledger({}, { limit: 3 });
    expect(story.violations).toEqual([expect.stringContaining('says 3 where generation 1 says 1')]);
    story.limit(2);
    story.ledger({});
    story.ledger({}, { generation: 1, limit: 1 });
    expect(story.violations).toHaveLength(2);
    expect(story.violations[1]).toContain('names generation 1 after 2');
  });
});

describe('the order', () => {
  beforeEach(() => {
    story.limit(2);
    story.priorityClass('urgent', 1000);
  });

  test('is broken when one passes by another whom the leader had seen', () => {
    story.job('a', { queuedBy: 'a' });
    story.job('b', { queuedBy: 'a' });
    story.ledger({ b: 1 }, { by: 'a' });
    expect(story.violations).toEqual([expect.stringContaining('kpi/b passes kpi/a')]);
  });

  test.each([
    ['both are let through', () => story.ledger({ a: 1, b: 1 })],
    ['another replica has seen it', () => story.ledger({ b: 1 }, { by: 'other' })],
  ])('is kept when %s', (_what, reserve) => {
    story.job('a', { queuedBy: 'a' });
    story.job('b', { queuedBy: 'a' });
    reserve();
    expect(story.violations).toEqual([]);
  });

  test('is first of all that of the priorities', () => {
    story.job('a', { queuedBy: 'a' });
    story.job('b', { queuedBy: 'a', priorityClass: 'urgent' });
    story.ledger({ b: 1 });
    expect(story.violations).toEqual([]);
    expect(story.observer.counts.comparedInOrder).toBe(1);
  });

  test('is not that of those who are wider than the limit, or ran before', () => {
    story.job('a', { queuedBy: 'a', slots: 3 });
    story.job('b', { queuedBy: 'a', generation: 3 });
    story.job('c', { queuedBy: 'a' });
    story.ledger({ c: 1 });
    expect(story.violations).toEqual([]);
  });
});
