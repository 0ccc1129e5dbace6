import { QUEUE_STATE_ANNOTATION } from '../../../src/api/executions.ts';
import { SERVER_LABEL } from '../../../src/api/group.ts';
import type { Json } from '../../integration/server/api.ts';

/** A Job as far as benchmarks of the gate look at it. */
export interface BenchJob {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly suspend?: boolean };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** One that waits for a slot of a server. */
export function waitingJob(name: string, server: string): Json {
  const pod = { restartPolicy: 'Never', containers: [{ name: 'report', image: 'report' }] };
  return {
    metadata: { name, labels: { [SERVER_LABEL]: server } },
    spec: { suspend: true, template: { spec: pod } },
  };
}

/** What the Job controller writes once the pods have ended. */
export function completion(now: Date): Json {
  const time = now.toISOString();
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: time });
  return {
    status: {
      startTime: time,
      completionTime: time,
      succeeded: 1,
      uncountedTerminatedPods: {},
      conditions: [condition('SuccessCriteriaMet'), condition('Complete')],
    },
  };
}

export function serverOf({ metadata }: BenchJob): string {
  return metadata.labels?.[SERVER_LABEL] ?? '';
}

export function isQueued({ metadata }: BenchJob): boolean {
  return metadata.annotations?.[QUEUE_STATE_ANNOTATION] === 'Queued';
}

export function isAdmitted({ spec }: BenchJob): boolean {
  return spec.suspend !== true;
}

export function isComplete({ status }: BenchJob): boolean {
  return status?.conditions?.some((each) => each.type === 'Complete' && each.status === 'True') ?? false;
}
