import { describe, expect, test } from 'vitest';
import { until } from '../../controlplane/until.ts';
import { type Json, PATHS } from './api.ts';
import { useLab } from './lab.ts';
import { conditionOf } from './conditions.ts';
import { Place } from './place.ts';
import { World } from './world.ts';

const lab = useLab();

/** Ten seconds are waited for before anybody is admitted at a new server, and before some slots are free. */
const PATIENCE = { deadlineMs: 45_000, everyMs: 100 };

interface Job {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly suspend: boolean; readonly template: { readonly metadata: { labels: Json } } };
}

interface Execution {
  readonly status?: { readonly expiredTime?: string; readonly conditions?: readonly Condition[] };
}
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

/** A namespace with a server, and executions that want to use it. */
class Executions {
  readonly world: World;
  readonly namespace: string;

  constructor(world: World, namespace = world.namespace) {
    this.world = world;
    this.namespace = namespace;
  }

  static async at(limit: number, executions: Json = {}): Promise<Executions> {
    const wishes = { maxParallelExecutions: limit, executions };
    const world = await World.withServer(lab(), { wishes });
    await world.seeReady('True', 'ChecksPassed');
    return new Executions(world);
  }

  async createJob(name: string, { labels = {}, ...spec }: Json & { labels?: Json } = {}): Promise<void> {
    const pod = { restartPolicy: 'Never', containers: [{ name: 'report', image: 'report' }] };
    await lab().api.create(PATHS.jobs(this.namespace), {
      metadata: { name, labels: { 'kpimailer.io/qlik-server': 'qlik', ...labels } },
      spec: { suspend: true, template: { spec: pod }, ...spec },
    });
  }

  job(name: string): Promise<Job> {
    return lab().api.get<Job>(`${PATHS.jobs(this.namespace)}/${name}`);
  }

  patchJob(name: string, change: Json): Promise<unknown> {
    return lab().api.patch(`${PATHS.jobs(this.namespace)}/${name}`, change);
  }

  /** As the Job controller would, once the pods have ended. */
  finish(name: string): Promise<unknown> {
    const time = new Date().toISOString();
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: time });
    const conditions = [condition('SuccessCriteriaMet'), condition('Complete')];
    return lab().api.patch(`${PATHS.jobs(this.namespace)}/${name}/status`, {
      status: {
        startTime: time,
        completionTime: time,
        succeeded: 1,
        uncountedTerminatedPods: {},
        conditions,
      },
    });
  }

  async seeState(name: string, state: string): Promise<Job> {
    let job = await this.job(name);
    await until(
      `${name} is ${state}`,
      async () => {
        job = await this.job(name);
        return job.metadata.annotations?.['kpimailer.io/queue-state'] === state;
      },
      PATIENCE,
    );
    return job;
  }

  async createExecution(name: string, spec: Json): Promise<void> {
    await lab().api.create(PATHS.executions(this.namespace), {
      apiVersion: 'kpimailer.io/v1alpha1',
      kind: 'QlikExecution',
      metadata: { name },
      spec: { serverRef: { name: 'qlik' }, ...spec },
    });
  }

  async seeExecution(name: string, wanted: string): Promise<Execution> {
    let execution: Execution = {};
    const look = async () => {
      execution = await lab().api.get<Execution>(`${PATHS.executions(this.namespace)}/${name}`);
      const admitted = execution.status?.conditions?.find(({ type }) => type === 'Admitted');
      return `${admitted?.status}/${admitted?.reason}` === wanted;
    };
    await until(`${name} is ${wanted}`, look, PATIENCE);
    return execution;
  }

  async seeRunning(summary: string): Promise<void> {
    await until(
      `RUNNING is ${summary}`,
      async () => (await this.world.read()).status?.executions?.summary === summary,
      PATIENCE,
    );
  }
}

describe.concurrent('the gate', () => {
  test('admits Jobs in order up to the limit, and the next when one has ended', async () => {
    const at = await Executions.at(2);
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
    const at = await Executions.at(2);
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
    const at = await Executions.at(1);
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
    const at = await Executions.at(1);
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
    const at = await Executions.at(4, { allowedNamespaces: { from: 'Selector', selector } });
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
    const at = await Executions.at(1);
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
    const at = await Executions.at(1);
    await using _world = at.world;
    await at.createExecution('leased', { leaseDurationSeconds: 10 });
    await at.seeExecution('leased', 'True/Admitted');
    await at.createJob('next');
    const { status } = await at.seeExecution('leased', 'False/Expired');
    await at.seeState('next', 'Admitted');
    expect(Date.now() - Date.parse(status?.expiredTime ?? '')).toBeGreaterThanOrEqual(9_000);
  });

  test('refuses who names no server, and takes the ledger of one that is gone away', async () => {
    const at = await Executions.at(1);
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
