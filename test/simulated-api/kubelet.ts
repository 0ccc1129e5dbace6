import { hasCode } from '../../src/kubernetes/api-error.ts';
import { objectPath } from '../../src/kubernetes/resource.ts';
import type { Actor, ActorOptions } from './actor.ts';
import { LaggingView } from './lagging-view.ts';
import { isTerminal, type Pod, PODS } from './pods.ts';

/** How the containers of a pod behave; in milliseconds. */
export interface PodLife {
  readonly startsAfter: number;
  readonly runsFor: number;
  readonly outcome: 'Succeeded' | 'Failed';
  /** How long they ignore that they were asked to stop; the grace period ends them in any case. */
  readonly stopsAfter: number;
}

export interface KubeletOptions extends ActorOptions {
  readonly lifeOf: (pod: Pod) => PodLife;
}

type Step = 'bind' | 'start' | 'end' | 'stop' | 'remove';

interface Plan {
  readonly at: number;
  readonly step: Step;
  readonly pod: Pod;
}

/** Milliseconds in which the pod garbage collector says of a deleted pod without a node that it has failed. */
const POD_GC_PERIOD = 20_000;

/** In the place of scheduler, kubelet and pod garbage collector: pods are bound, run and end. A pod is only removed once it has ended. */
export class Kubelet implements Actor {
  readonly #options: KubeletOptions;
  readonly #pods: LaggingView<Pod>;
  readonly #planned = new Set<string>();
  readonly #plans: Plan[] = [];

  constructor(options: KubeletOptions) {
    this.#options = options;
    this.#pods = new LaggingView({ ...options, resource: PODS }, (pod) => {
      if (this.#pods.get(pod.metadata.uid) !== undefined) this.#see(pod);
    });
  }

  get nextAt(): number | undefined {
    const [seen, planned] = [this.#pods.nextAt, this.#plans[0]?.at];
    return seen === undefined || planned === undefined ? (seen ?? planned) : Math.min(seen, planned);
  }

  runNext(): void {
    const plan = this.#plans[0];
    if (plan === undefined || (this.#pods.nextAt ?? Infinity) <= plan.at) {
      this.#pods.showNext();
      return;
    }
    this.#plans.shift();
    this.#carryOut(plan);
  }

  #see(pod: Pod): void {
    const life = this.#options.lifeOf(pod);
    if (pod.metadata.deletionTimestamp !== undefined) {
      const grace = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
      if (isTerminal(pod)) this.#plan('remove', pod, 0);
      else if (pod.spec.nodeName === undefined) this.#plan('stop', pod, POD_GC_PERIOD);
      else this.#plan('stop', pod, Math.min(grace, life.stopsAfter));
      return;
    }
    if (pod.spec.nodeName === undefined) this.#plan('bind', pod, 0);
    else if (pod.status.phase === 'Pending') this.#plan('start', pod, life.startsAfter);
    else if (pod.status.phase === 'Running') this.#plan('end', pod, life.runsFor);
  }

  /** Each step once in the life of a pod, though it is seen many times. */
  #plan(step: Step, pod: Pod, after: number): void {
    const id = `${step} ${pod.metadata.uid}`;
    if (this.#planned.has(id) || after === Infinity) return;
    this.#planned.add(id);
    this.#plans.push({ at: this.#options.now() + after, step, pod });
    this.#plans.sort((a, b) => a.at - b.at);
  }

  #carryOut({ step, pod }: Plan): void {
    const current = this.#current(pod);
    if (current === undefined || !isPossible(step, current)) return;
    const { outcome } = this.#options.lifeOf(pod);
    switch (step) {
      case 'bind':
        this.#send(pod, { method: 'POST', body: { target: { name: 'node' } } }, 'binding');
        break;
      case 'start':
        this.#setPhase(pod, 'Running');
        break;
      case 'end':
        this.#setPhase(pod, outcome);
        break;
      case 'stop':
        this.#setPhase(pod, 'Failed');
        break;
      case 'remove':
        this.#send(pod, {
          method: 'DELETE',
          body: { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } },
        });
    }
  }

  #current(pod: Pod): Pod | undefined {
    try {
      const current = this.#send(pod, { method: 'GET' }) as Pod;
      return current.metadata.uid === pod.metadata.uid ? current : undefined;
    } catch (error) {
      if (hasCode(error, 404)) return undefined;
      throw error;
    }
  }

  #setPhase(pod: Pod, phase: Pod['status']['phase']): void {
    this.#send(pod, { method: 'PATCH', body: { status: { phase } } }, 'status');
  }

  #send(
    { metadata: { namespace = '', name } }: Pod,
    request: { readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'; readonly body?: unknown },
    subresource?: 'status' | 'binding',
  ): unknown {
    const path = objectPath(PODS, { namespace, name });
    const suffix = subresource === undefined ? '' : `/${subresource}`;
    return this.#options.server.handle({ ...request, path: `${path}${suffix}` });
  }
}

/** Much may have happened to a pod since a step was planned. */
function isPossible(step: Step, pod: Pod): boolean {
  switch (step) {
    case 'bind':
      return pod.metadata.deletionTimestamp === undefined && pod.spec.nodeName === undefined;
    case 'start':
      return pod.status.phase === 'Pending';
    case 'end':
    case 'stop':
      return !isTerminal(pod);
    case 'remove':
      return true;
  }
}
