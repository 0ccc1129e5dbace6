import { until } from '../../controlplane/until.ts';
import { type Json, PATHS } from './api.ts';
import type { Lab } from './lab.ts';
import { World } from './world.ts';

/** Ten seconds are waited for before anybody is admitted at a new server, and before some slots are free. */
export const PATIENCE = { deadlineMs: 45_000, everyMs: 100 };

export interface Job {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly generation: number;
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
export class Executions {
  readonly world: World;
  readonly namespace: string;

  constructor(world: World, namespace = world.namespace) {
    this.world = world;
    this.namespace = namespace;
  }

  static async at(lab: Lab, limit: number, executions: Json = {}): Promise<Executions> {
    const wishes = { maxParallelExecutions: limit, executions };
    const world = await World.withServer(lab, { wishes });
    await world.seeReady('True', 'ChecksPassed');
    return new Executions(world);
  }

  async createJob(name: string, { labels = {}, ...spec }: Json & { labels?: Json } = {}): Promise<void> {
    const pod = { restartPolicy: 'Never', containers: [{ name: 'report', image: 'report' }] };
    await this.world.lab.api.create(PATHS.jobs(this.namespace), {
      metadata: { name, labels: { 'kpimailer.io/qlik-server': 'qlik', ...labels } },
      spec: { suspend: true, template: { spec: pod }, ...spec },
    });
  }

  job(name: string): Promise<Job> {
    return this.world.lab.api.get<Job>(`${PATHS.jobs(this.namespace)}/${name}`);
  }

  patchJob(name: string, change: Json): Promise<unknown> {
    return this.world.lab.api.patch(`${PATHS.jobs(this.namespace)}/${name}`, change);
  }

  /** As the Job controller would, once the pods have ended. */
  finish(name: string): Promise<unknown> {
    const time = new Date().toISOString();
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: time });
    const conditions = [condition('SuccessCriteriaMet'), condition('Complete')];
    return this.world.lab.api.patch(`${PATHS.jobs(this.namespace)}/${name}/status`, {
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
    await this.world.lab.api.create(PATHS.executions(this.namespace), {
      apiVersion: 'kpimailer.io/v1alpha1',
      kind: 'QlikExecution',
      metadata: { name },
      spec: { serverRef: { name: 'qlik' }, ...spec },
    });
  }

  async seeExecution(name: string, wanted: string): Promise<Execution> {
    let execution: Execution = {};
    const look = async () => {
      execution = await this.world.lab.api.get<Execution>(`${PATHS.executions(this.namespace)}/${name}`);
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
