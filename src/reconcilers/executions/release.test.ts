import { describe, expect, test } from 'vitest';
import {
  ADMITTED,
  COMPLETE,
  entryOf,
  EXPIRED,
  exampleExecution,
  exampleJob,
  HELD,
  PODS,
  podOf,
  SUSPENDED_AGAIN,
} from '../../../test/fakes/execution-examples.ts';
import type { Json } from '../../../test/fakes/merge-patch.ts';
import { ObjectApi } from '../../../test/fakes/object-api.ts';
import type { QlikExecution } from '../../api/qlikexecution.ts';
import { JOBS, type Job } from './job.ts';
import { Store } from '../../kubernetes/store.ts';
import { Observations } from './observations.ts';
import { Pods } from './pods.ts';
import { Releases } from './release.ts';
import { SlotLeases } from './slot-leases.ts';
import { QLIK_EXECUTIONS, Writes } from './writes.ts';

const JOB = '/apis/batch/v1/namespaces/kpi/jobs/a';
const POD = '/api/v1/namespaces/kpi/pods/a-pod';
const SLOT = '/apis/kpimailer.io/v1alpha1/namespaces/kpi/qlikexecutions/a';

/** An API server, and an operator that asks it whether the holder of an entry has stopped. */
class Asked {
  readonly api = new ObjectApi();
  clock = 0;
  /** Set by somebody, as wall clocks are. */
  wallClock = 0;
  readonly #releases = new Releases({
    writes: new Writes(this.api.client),
    pods: new Pods(this.api.client, [undefined]),
    observations: new Observations(() => this.clock),
    leases: new SlotLeases(this.api.client, () => this.clock),
    executions: new Store(),
    wallClock: () => this.wallClock,
  });

  use(kind: 'Job' | 'QlikExecution' | 'Pod' = 'Job'): Promise<string> {
    return this.#releases.useOf(entryOf(exampleJob('a'), { kind }));
  }

  /** Asks three times: now, shortly before ten seconds are over, and then. */
  async usesInTenSeconds(): Promise<readonly string[]> {
    const uses = [await this.use()];
    for (const ms of [9_999, 1]) {
      this.clock += ms;
      uses.push(await this.use());
    }
    return uses;
  }

  /** What was asked and written, in order. */
  get steps(): string[] {
    return this.api.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
  }
}

function askedAbout(change?: Json, pod?: Json): Asked {
  const asked = new Asked();
  if (change !== undefined) asked.api.add(JOBS, exampleJob('a', change));
  if (pod !== undefined) asked.api.add(PODS, podOf(exampleJob('a'), pod));
  return asked;
}

describe('a Job', () => {
  test.each<[string, Json, string]>([
    ['that runs uses its slots', ADMITTED, 'inUse'],
    [
      'that is about to fail uses them',
      { ...ADMITTED, status: { conditions: [{ type: 'FailureTarget', status: 'True' }] } },
      'inUse',
    ],
    ['that is Complete has ended', { ...ADMITTED, ...COMPLETE }, 'ended'],
    ['that was created suspended never used them', {}, 'neverUsed'],
  ])('%s', async (_what, change, expected) => {
    expect(await askedAbout(change).use()).toBe(expected);
  });

  test('that is suspended again has ended ten seconds later, as the Job controller knows it then', async () => {
    expect(await askedAbout(SUSPENDED_AGAIN).usesInTenSeconds()).toEqual(['inUse', 'inUse', 'ended']);
  });

  test('that ran once more in these ten seconds is waited for anew', async () => {
    const asked = askedAbout(SUSPENDED_AGAIN);
    await asked.use();
    asked.api.edit(JOB, { spec: { suspend: false } });
    asked.api.edit(JOB, { spec: { suspend: true } });
    asked.clock = 10_000;
    expect(await asked.usesInTenSeconds()).toEqual(['inUse', 'inUse', 'ended']);
  });

  test('that is gone has ended ten seconds later', async () => {
    expect(await askedAbout().usesInTenSeconds()).toEqual(['inUse', 'inUse', 'ended']);
  });

  test('that was made anew under its name is gone', async () => {
    const anew = askedAbout({
      ...ADMITTED,
      metadata: { ...(ADMITTED['metadata'] as Json), uid: 'of-the-next' },
    });
    expect(await anew.usesInTenSeconds()).toEqual(['inUse', 'inUse', 'ended']);
  });

  test('is waited for by a clock that nobody sets', async () => {
    const asked = askedAbout();
    await asked.use();
    asked.wallClock += 3_600_000;
    expect(await asked.use()).toBe('inUse');
  });

  test.each<[string, Json | undefined]>([
    ['gone', undefined],
    ['suspended again', SUSPENDED_AGAIN],
  ])('that is %s uses its slots until its last pod has ended', async (_what, change) => {
    const asked = askedAbout(change, { metadata: { deletionTimestamp: '2026-05-04T12:00:00Z' } });
    expect(await asked.usesInTenSeconds()).toEqual(['inUse', 'inUse', 'inUse']);
    asked.api.edit(`${POD}/status`, { status: { phase: 'Failed' } });
    expect(await asked.use()).toBe('ended');
  });

  test('is touched before its pods are listed', async () => {
    const asked = askedAbout({});
    const before = asked.api.get(JOB) as Job;
    await asked.use();
    expect(asked.steps).toEqual(['GET a', 'PATCH a', 'GET pods']);
    expect((asked.api.get(JOB) as Job).metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
  });

  test('that somebody changes meanwhile is not taken for stopped', async () => {
    const asked = askedAbout({});
    asked.api.onRequest = ({ method }, when) => {
      if (method === 'PATCH' && when === 'before') asked.api.edit(JOB, { spec: { suspend: false } });
    };
    expect(await asked.use()).toBe('inUse');
  });
});

describe('a QlikExecution', () => {
  const askedAboutSlot = (change?: Json, pod?: Json) => {
    const asked = askedAbout(undefined, pod);
    if (change !== undefined) asked.api.add(QLIK_EXECUTIONS, exampleExecution('a', change));
    return asked;
  };
  const byPod: Json = {
    ...HELD,
    spec: { leaseDurationSeconds: null, holderRef: { kind: 'Pod', name: 'a-pod', uid: 'uid-of-a-pod' } },
  };

  test('that is deleted has ended at once', async () => {
    expect(await askedAboutSlot().use('QlikExecution')).toBe('ended');
  });

  test('that waits never used its slots, and is touched to make that sure', async () => {
    const asked = askedAboutSlot({});
    expect(await asked.use('QlikExecution')).toBe('neverUsed');
    expect(asked.steps).toEqual(['GET a', 'PATCH a']);
  });

  test('that waited until somebody admitted it is not taken for unused', async () => {
    const asked = askedAboutSlot({});
    asked.api.onRequest = ({ method }, when) => {
      if (method === 'PATCH' && when === 'before') asked.api.edit(`${SLOT}/status`, HELD);
    };
    expect(await asked.use('QlikExecution')).toBe('inUse');
  });

  test('that is held by a Lease uses its slots', async () => {
    expect(await askedAboutSlot(HELD).use('QlikExecution')).toBe('inUse');
  });

  test('that has expired uses its slots for one leaseDuration more', async () => {
    const asked = askedAboutSlot(EXPIRED);
    asked.wallClock = Date.parse('2030-01-01T00:00:00Z');
    expect(await asked.use('QlikExecution')).toBe('inUse');
    asked.clock = 29_999;
    expect(await asked.use('QlikExecution')).toBe('inUse');
    asked.clock = 30_000;
    expect(await asked.use('QlikExecution')).toBe('ended');
  });

  test('that is held by a pod uses its slots until that has ended, and says so then', async () => {
    const asked = askedAboutSlot(byPod, {});
    expect(await asked.use('QlikExecution')).toBe('inUse');
    asked.api.edit(`${POD}/status`, { status: { phase: 'Succeeded' } });
    expect(await asked.use('QlikExecution')).toBe('ended');
    const { status } = asked.api.get(SLOT) as QlikExecution;
    expect(status?.conditions).toMatchObject([{ status: 'False', reason: 'Ended' }]);
  });
});

test('a pod that is all that is left of a Job uses its slots until it has ended', async () => {
  const asked = new Asked();
  const { name, namespace, uid } = exampleJob('a').metadata;
  asked.api.add(PODS, podOf(exampleJob('b'), { metadata: { name, namespace, uid } }));
  expect(await asked.use('Pod')).toBe('inUse');
  asked.api.remove('/api/v1/namespaces/kpi/pods/a');
  expect(await asked.use('Pod')).toBe('ended');
});
