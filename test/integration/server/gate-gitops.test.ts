import { beforeAll, describe, expect, test } from 'vitest';
import { controlPlaneBinaries } from '../../controlplane/build.ts';
import { startControllerManager } from '../../controlplane/controller-manager.ts';
import { until } from '../../controlplane/until.ts';
import { type Json, PATHS } from './api.ts';
import { Executions, PATIENCE } from './executions.ts';
import { useLab } from './lab.ts';

const lab = useLab({ values: { admissionPolicies: { mutate: true } } });

beforeAll(async () => {
  const binaries = await controlPlaneBinaries(['kube-controller-manager']);
  await startControllerManager(lab().controlPlane, binaries, ['job', 'garbage-collector']);
});

const SERVER_SIDE = ['--server-side', '--force-conflicts', '--field-manager=gitops'];
const CLIENT_SIDE = ['--field-manager=gitops'];

/** A GitOps tool that keeps applying the manifest of a Job, whatever others have made of it. */
class GitOps {
  readonly #at: Executions;

  constructor(at: Executions) {
    this.#at = at;
  }

  async apply(name: string, spec: Json, flags: readonly string[] = SERVER_SIDE): Promise<void> {
    const manifest = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, labels: { 'kpimailer.io/qlik-server': 'qlik' } },
      spec: {
        ...spec,
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'report', image: 'report' }] },
        },
      },
    };
    const { code, stderr } = await lab().controlPlane.kubectl(
      ['apply', `--namespace=${this.#at.namespace}`, ...flags, '--filename=-'],
      { input: JSON.stringify(manifest) },
    );
    if (code !== 0) throw new Error(`kubectl apply failed: ${stderr}`);
  }

  /** Uids of the pods that the Job controller has made and that are there. */
  async pods(): Promise<readonly string[]> {
    const { items } = await lab().api.get<{ items: { metadata: { uid: string } }[] }>(
      `/api/v1/namespaces/${this.#at.namespace}/pods`,
    );
    return items.map(({ metadata }) => metadata.uid);
  }

  async seePods(count: number): Promise<readonly string[]> {
    await until(`there are ${count} pods`, async () => (await this.pods()).length === count, PATIENCE);
    return this.pods();
  }
}

describe.concurrent('a Job of a GitOps tool', () => {
  test('whose manifest suspends it is not started again and again', async () => {
    const at = await Executions.at(lab(), 1);
    await using _world = at.world;
    const gitOps = new GitOps(at);
    await gitOps.apply('report', { suspend: true });
    await at.seeState('report', 'Admitted');
    await gitOps.seePods(1);
    await gitOps.apply('report', { suspend: true });
    const refused = await at.seeState('report', 'Refused:SuspendOwnedByGitOps');
    expect(refused.spec.suspend).toBe(true);
    expect(refused.metadata.generation).toBe(3);
    await gitOps.seePods(0);
    await gitOps.apply('report', { suspend: true });
    await at.createJob('next');
    await at.seeState('next', 'Admitted');
    await gitOps.seePods(1);
    // Since it was suspended again, nobody has changed its spec.
    expect((await at.job('report')).metadata.generation).toBe(3);
    expect((await at.seeState('report', 'Refused:SuspendOwnedByGitOps')).spec.suspend).toBe(true);
  });

  test('that is refused starts when its manifest is mended and it is requeued, in its turn', async () => {
    const at = await Executions.at(lab(), 1);
    await using _world = at.world;
    const gitOps = new GitOps(at);
    await gitOps.apply('report', { suspend: true });
    await at.seeState('report', 'Admitted');
    await gitOps.apply('report', { suspend: true });
    await at.seeState('report', 'Refused:SuspendOwnedByGitOps');
    await gitOps.apply('report', {});
    const mended = await at.job('report');
    expect([mended.spec.suspend, mended.metadata.generation]).toEqual([true, 3]);
    await at.createJob('next');
    await at.seeState('next', 'Admitted');
    await at.patchJob('report', { metadata: { annotations: { 'kpimailer.io/requeue': 'now' } } });
    await at.seeState('report', 'Queued');
    await lab().api.delete(`${PATHS.jobs(at.namespace)}/next?propagationPolicy=Background`);
    expect((await at.seeState('report', 'Admitted')).spec.suspend).toBe(false);
    const [pod] = await gitOps.seePods(1);
    await gitOps.apply('report', {});
    const { metadata, spec } = await at.job('report');
    expect([spec.suspend, metadata.generation, await gitOps.pods()]).toEqual([false, 4, [pod]]);
  });

  test('whose manifest does not speak of suspend is left alone by it', async () => {
    const at = await Executions.at(lab(), 1);
    await using _world = at.world;
    const gitOps = new GitOps(at);
    await gitOps.apply('report', {});
    const waiting = await at.job('report');
    expect(waiting.spec.suspend).toBe(true);
    await gitOps.apply('report', {});
    expect((await at.job('report')).metadata.generation).toBe(1);
    await at.seeState('report', 'Admitted');
    const pods = await gitOps.seePods(1);
    const before = await at.job('report');
    await gitOps.apply('report', {});
    const after = await at.job('report');
    expect([after.spec, after.metadata.generation]).toEqual([before.spec, before.metadata.generation]);
    expect(await gitOps.pods()).toEqual(pods);
  });

  test('that is applied by the client is held when its manifest has suspended it', async () => {
    const at = await Executions.at(lab(), 1);
    await using _world = at.world;
    const gitOps = new GitOps(at);
    await gitOps.apply('report', { suspend: true }, CLIENT_SIDE);
    await at.seeState('report', 'Admitted');
    await gitOps.apply('report', { suspend: true }, CLIENT_SIDE);
    await at.seeState('report', 'Held');
    await gitOps.seePods(0);
    await gitOps.apply('report', { suspend: true }, CLIENT_SIDE);
    expect((await at.seeState('report', 'Held')).metadata.generation).toBe(3);
  });
});
