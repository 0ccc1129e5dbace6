import { describe, expect, test } from 'vitest';
import { until } from '../../controlplane/until.ts';
import { PATHS } from './api.ts';
import { Executions, PATIENCE } from './executions.ts';
import { useLab } from './lab.ts';
import { conditionOf } from './conditions.ts';
import { Place } from './place.ts';

const lab = useLab();

describe.concurrent('the gate', () => {
  test('admits Jobs in order up to the limit, and the next when one has ended', async () => {
    const at = await Executions.at(lab(), 2);
    await using world = at.world;
    for (const name of ['a', 'b', 'c']) await at.createJob(name);
    await Promise.all([at.seeState('a', 'Admitted'), at.seeState('b', 'Admitted')]);
    await at.seeState('c', 'Queued');
    await at.seeRunning('2/2 (1 queued)');
    const { spec } = await at.job('a');
    expect(spec.template.metadata.labels).toMatchObject({ 'kpimailer.io/qlik-server': 'qlik' });
    expect(conditionOf(await world.read(), 'ExecutionsWithinLimit')?.reason).toBe('WithinLimit');
    await at.finish('a');
    await at.seeState('c', 'Admitted');
  });

  test('lets a wide Job wait for enough slots, and refuses one that is wider than the limit', async () => {
    const at = await Executions.at(lab(), 2);
    await using world = at.world;
    await at.createJob('wider', { parallelism: 3 });
    await at.createJob('one');
    await at.seeState('one', 'Admitted');
    await at.createJob('two', { labels: { 'kpimailer.io/slots': '2' } });
    await at.seeState('two', 'Queued');
    await at.seeState('wider', 'Refused:WiderThanLimit');
    await world.edit({ maxParallelExecutions: 4 });
    // It is the older one.
    expect((await at.seeState('wider', 'Admitted')).spec.suspend).toBe(false);
    expect((await at.job('two')).spec.suspend).toBe(true);
  });

  test('holds a Job that is suspended again, until it is requeued', async () => {
    const at = await Executions.at(lab(), 1);
    await using _world = at.world;
    await at.createJob('a');
    await at.seeState('a', 'Admitted');
    await at.patchJob('a', { spec: { suspend: true } });
    await at.seeState('a', 'Held');
    await at.createJob('b');
    await at.seeState('b', 'Admitted');
    await at.patchJob('a', { metadata: { annotations: { 'kpimailer.io/requeue': 'now' } } });
    await at.seeState('a', 'Queued');
    await at.finish('b');
    expect((await at.seeState('a', 'Admitted')).spec.suspend).toBe(false);
  });

  test('counts what was started past the queue, and frees what is deleted', async () => {
    const at = await Executions.at(lab(), 1);
    await using world = at.world;
    await at.createJob('first');
    await at.seeState('first', 'Admitted');
    await at.createJob('bypass', { suspend: false });
    await at.seeRunning('2/1');
    await world.seeCondition('ExecutionsWithinLimit', 'False', 'OverLimit');
    for (const name of ['first', 'bypass'])
      await lab().api.delete(`${PATHS.jobs(at.namespace)}/${name}?propagationPolicy=Background`);
    await at.seeRunning('0/1');
    expect(conditionOf(await world.read(), 'ExecutionsWithinLimit')?.status).toBe('True');
  });

  test('lets other namespaces in as the server says', async () => {
    const selector = { matchLabels: { team: 'finance' } };
    const at = await Executions.at(lab(), 4, { allowedNamespaces: { from: 'Selector', selector } });
    await using world = at.world;
    const there = new Executions(world, await Place.make(lab()));
    const labels = { 'kpimailer.io/qlik-server-namespace': world.namespace };
    await there.createJob('elsewhere', { labels });
    await there.seeState('elsewhere', 'Refused:NamespaceNotAllowed');
    await lab().api.patch(`${PATHS.namespaces()}/${there.namespace}`, {
      metadata: { labels: { team: 'finance' } },
    });
    await at.createJob('here');
    expect((await there.seeState('elsewhere', 'Admitted')).spec.suspend).toBe(false);
  });

  test('gives a slot to a pod until that has ended', async () => {
    const at = await Executions.at(lab(), 1);
    await using _world = at.world;
    const pod = await lab().api.create<{ metadata: { uid: string } }>(
      `/api/v1/namespaces/${at.namespace}/pods`,
      { metadata: { name: 'worker' }, spec: { containers: [{ name: 'worker', image: 'worker' }] } },
    );
    const holderRef = { kind: 'Pod', name: 'worker', uid: pod.metadata.uid };
    await at.createExecution('worker', { holderRef });
    await at.seeExecution('worker', 'True/Admitted');
    await at.createJob('next');
    await at.seeState('next', 'Queued');
    await lab().api.patch(`/api/v1/namespaces/${at.namespace}/pods/worker/status`, {
      status: { phase: 'Succeeded' },
    });
    await at.seeExecution('worker', 'False/Ended');
    expect((await at.seeState('next', 'Admitted')).spec.suspend).toBe(false);
  });

  test('takes a slot back whose Lease is not renewed, and gives it on a while later', async () => {
    const at = await Executions.at(lab(), 1);
    await using _world = at.world;
    await at.createExecution('leased', { leaseDurationSeconds: 10 });
    await at.seeExecution('leased', 'True/Admitted');
    await at.createJob('next');
    const { status } = await at.seeExecution('leased', 'False/Expired');
    await at.seeState('next', 'Admitted');
    expect(Date.now() - Date.parse(status?.expiredTime ?? '')).toBeGreaterThanOrEqual(9_000);
  });

  test('refuses who names no server, and takes the ledger of one that is gone away', async () => {
    const at = await Executions.at(lab(), 1);
    await using world = at.world;
    await at.createJob('runs');
    await at.seeState('runs', 'Admitted');
    await at.createJob('waits');
    await at.seeState('waits', 'Queued');
    await world.remove();
    await at.seeState('waits', 'Refused:ServerNotFound');
    await at.finish('runs');
    const ledgers = () =>
      lab().api.get<{ items: { metadata: { name: string } }[] }>(
        '/apis/kpimailer.io/v1alpha1/qlikexecutionledgers',
      );
    const names = async () => (await ledgers()).items.map(({ metadata }) => metadata.name);
    const ledger = `${at.namespace}.qlik`;
    await until('the ledger is gone', async () => !(await names()).includes(ledger), PATIENCE);
    expect((await at.job('waits')).spec.suspend).toBe(true);
  });
});
