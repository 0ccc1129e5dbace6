import { expect, test } from 'vitest';
import type { QlikExecution } from '../../api/qlikexecution.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import { Store } from '../../kubernetes/store.ts';
import { Observations } from './observations.ts';
import type { Pods } from './pods.ts';
import { isAdmitted, Releases } from './release.ts';
import type { SlotLeases } from './slot-leases.ts';
import type { Writes } from './writes.ts';

/** Something of which only this is used. */
function stub<T>(used: Partial<T>): T {
  return used as T;
}

function execution(resourceVersion: string, status: 'True' | 'False'): QlikExecution {
  return stub<QlikExecution>({
    metadata: stub<QlikExecution['metadata']>({
      uid: 'e',
      name: 'worker',
      namespace: 'kpi',
      resourceVersion,
    }),
    spec: {
      serverRef: { name: 'finance' },
      slots: 1,
      holderRef: { kind: 'Pod', name: 'worker', uid: 'p' },
    },
    status: {
      conditions: [{ type: 'Admitted', status, reason: '', message: '', lastTransitionTime: '' }],
    },
  });
}

/** Asks for the use of a slot that the cache has as held; whether the cache still has it so. */
async function isStillHeld(writes: Partial<Writes>): Promise<boolean> {
  const executions = new Store<QlikExecution>();
  executions.set(execution('1', 'True'));
  const releases = new Releases({
    writes: stub(writes),
    pods: stub<Pods>({ hasEnded: () => Promise.resolve(true) }),
    observations: new Observations(() => 0),
    leases: stub<SlotLeases>({}),
    executions,
    wallClock: () => 0,
  });
  const entry = { kind: 'QlikExecution', uid: 'e', namespace: 'kpi', name: 'worker' } as const;
  const use = await releases.useOf({ ...entry, weight: 1, attempt: 1, since: '' });
  expect(use).toBe('ended');
  return [...executions.values()].some(isAdmitted);
}

test('a slot is not taken for held when its pod has ended, though the watch has not told yet', async () => {
  const writes = {
    readExecution: () => Promise.resolve(execution('1', 'True')),
    endExecution: () => Promise.resolve(execution('2', 'False')),
  };
  expect(await isStillHeld(writes)).toBe(false);
});

test('nor when its QlikExecution is gone', async () => {
  const gone = () => Promise.reject(new ApiError(404, 'NotFound', 'gone'));
  expect(await isStillHeld({ readExecution: gone })).toBe(false);
});
