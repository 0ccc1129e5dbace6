import { hasCode } from '../../src/kubernetes/api-error.ts';
import { objectPath } from '../../src/kubernetes/resource.ts';
import { type Actor, type ActorOptions, earliest } from './actor.ts';
import { NotSimulated } from './failures.ts';
import { CONTROLLER_UID, isFinished, type Job, type JobStatus } from './job.ts';
import {
  type Census,
  census,
  decided,
  isComplete,
  isTracked,
  missingPods,
  type Verdict,
} from './job-progress.ts';
import { count, noteDecision, noteFinish, noteSuspension, noteUncounted } from './job-status.ts';
import { JOBS } from './jobs.ts';
import { LaggingView } from './lagging-view.ts';
import { copy, timeOf } from './object.ts';
import { controllerOf } from './owner.ts';
import { createPod, deletePod, stopTracking } from './pod-control.ts';
import { type Pod, PODS } from './pods.ts';

/** A status under way to being written: what the Job was read as, and what it becomes. */
interface Draft {
  readonly job: Job;
  readonly status: JobStatus;
}

/**
 * kube-controller-manager's Job controller: acts on Jobs and pods as they were a while ago, so that pods still come into
 * being for a Job that is suspended again, or gone. A pod that failed is replaced without the back-off of the real one.
 */
export class JobController implements Actor {
  readonly #options: ActorOptions;
  readonly #jobs: LaggingView<Job>;
  readonly #pods: LaggingView<Pod>;
  readonly #views: readonly [LaggingView<Job>, LaggingView<Pod>];
  readonly #waiting = new Set<string>();
  /** By uid of the Job the version up to which the views must show everything: it knows its own writes. */
  readonly #written = new Map<string, string>();

  constructor(options: ActorOptions) {
    this.#options = options;
    this.#jobs = new LaggingView({ ...options, resource: JOBS }, ({ metadata }) => {
      this.#waiting.add(metadata.uid);
    });
    this.#pods = new LaggingView({ ...options, resource: PODS }, (pod) => {
      const owner = controllerOf(pod);
      if (owner !== undefined) this.#waiting.add(owner.uid);
    });
    this.#views = [this.#jobs, this.#pods];
  }

  get nextAt(): number | undefined {
    return earliest(this.#views)?.nextAt;
  }

  runNext(): void {
    earliest(this.#views)?.showNext();
    for (const uid of this.#waiting) if (this.#knowsItsWrites(uid)) this.#syncAndRemember(uid);
    this.#letOrphansGo();
  }

  #knowsItsWrites(uid: string): boolean {
    const written = this.#written.get(uid) ?? '0';
    return this.#jobs.shows(written) && this.#pods.shows(written);
  }

  #syncAndRemember(uid: string): void {
    this.#waiting.delete(uid);
    const job = this.#jobs.get(uid);
    if (job === undefined || isFinished(job)) return;
    const { server } = this.#options;
    const before = server.version;
    try {
      this.#sync(job);
    } catch (error) {
      // Somebody was faster: what they changed will be shown, and asks for another sync.
      if (!hasCode(error, 409) && !hasCode(error, 404)) throw error;
    }
    if (server.version !== before) this.#written.set(uid, server.version);
  }

  #sync(job: Job): void {
    const { server, now } = this.#options;
    const labelled = this.#pods
      .values()
      .filter((pod) => pod.metadata.labels?.[CONTROLLER_UID] === job.metadata.uid);
    const pods = labelled.filter((pod) => controllerOf(pod)?.uid === job.metadata.uid);
    if (pods.length < labelled.length && !this.#mayAdopt(job)) return;
    const figures = census(job, pods);
    const status = copy(job.status);
    if (!job.spec.suspend) status.startTime ??= timeOf(now());
    let verdict = decided(job, figures);
    const added = this.#managePods(job, figures, verdict);
    const active = figures.active.length + added;
    // While the Job is deleted its pods are left to the garbage collector.
    const isManaged = verdict === undefined && job.metadata.deletionTimestamp === undefined;
    if (verdict === undefined && isComplete(job, figures, active)) verdict = 'Complete';
    else if (isManaged) noteSuspension(status, job, { now: now(), minorVersion: server.minorVersion });
    status.active = active;
    status.ready = 0;
    status.terminating = figures.terminating + Math.max(0, -added);
    this.#countPods({ job, status }, { figures, pods, verdict });
  }

  /** Whether pods that nobody owns are taken in: asked of the API server, as these may be what a deleted Job has left. */
  #mayAdopt({ metadata: { namespace = '', name, uid } }: Job): boolean {
    const { server } = this.#options;
    const { metadata } = server.handle({ method: 'GET', path: objectPath(JOBS, { namespace, name }) }) as Job;
    if (metadata.uid !== uid || metadata.deletionTimestamp !== undefined) return false;
    throw new NotSimulated('the adoption of pods');
  }

  /** Creates and deletes pods; returns by how many there are more. */
  #managePods(job: Job, figures: Census, verdict: Verdict | undefined): number {
    const { server } = this.#options;
    if (verdict !== undefined) {
      for (const pod of figures.active) deletePod(server, pod);
      return -figures.active.length;
    }
    if (job.metadata.deletionTimestamp !== undefined) return 0;
    const missing = missingPods(job, figures);
    for (const pod of missing < 0 ? leastStarted(figures.active).slice(0, -missing) : []) {
      stopTracking(server, pod);
      deletePod(server, pod);
    }
    const created = Array.from({ length: Math.max(0, missing) }, () => createPod(server, job));
    return missing < 0 ? missing : created.filter(Boolean).length;
  }

  /**
   * Writes down which pods have ended before it lets go of them, and what the Job has come to before it says so: neither is
   * lost in a crash. The Job is finished only once no pod of it is left that may still run.
   */
  #countPods(
    draft: Draft,
    { figures, pods, verdict }: { figures: Census; pods: readonly Pod[]; verdict: Verdict | undefined },
  ): void {
    const { server, now } = this.#options;
    const tracked = pods.filter(isTracked);
    const ended = verdict === undefined ? [...figures.newlySucceeded, ...figures.newlyFailed] : tracked;
    const released = draft.job.metadata.deletionTimestamp === undefined ? ended : tracked;
    const counted = {
      succeeded: figures.newlySucceeded,
      failed: verdict === 'Failed' ? tracked.filter(hasNotSucceeded) : figures.newlyFailed,
    };
    const { status } = draft;
    if (verdict !== undefined) noteDecision(status, verdict, now());
    noteUncounted(status, counted);
    const job = this.#writeStatus(draft);
    for (const pod of released) stopTracking(server, pod);
    count(status, counted);
    if (verdict !== undefined && status.terminating === 0) noteFinish(status, verdict, now());
    this.#writeStatus({ job, status });
  }

  #writeStatus({ job, status }: Draft): Job {
    const { namespace = '', name } = job.metadata;
    const path = objectPath(JOBS, { namespace, name }, 'status');
    return this.#options.server.handle({ method: 'PUT', path, body: { ...job, status } }) as Job;
  }

  /** Pods without a Job are nobody's to count. */
  #letOrphansGo(): void {
    for (const pod of this.#pods.values()) {
      const owner = controllerOf(pod);
      if (isTracked(pod) && (owner === undefined || this.#jobs.get(owner.uid) === undefined))
        stopTracking(this.#options.server, pod);
    }
  }
}

/** Those that lose the least by being deleted. */
function leastStarted(pods: readonly Pod[]): Pod[] {
  const rank = ({ status, spec }: Pod) =>
    status.phase === 'Running' ? 2 : spec.nodeName === undefined ? 0 : 1;
  return pods.toSorted((a, b) => rank(a) - rank(b));
}

function hasNotSucceeded({ status }: Pod): boolean {
  return status.phase !== 'Succeeded';
}
