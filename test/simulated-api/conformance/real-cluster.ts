import { isDeepStrictEqual } from 'node:util';
import { kubeconfigAccess } from '../../../src/kubernetes/access.ts';
import { linesOf } from '../../../src/kubernetes/lines.ts';
import { collectionPath } from '../../../src/kubernetes/resource.ts';
import { RestClient } from '../../../src/kubernetes/rest.ts';
import { controlPlaneBinaries } from '../../controlplane/build.ts';
import { startControllerManager } from '../../controlplane/controller-manager.ts';
import { type ControlPlane, startControlPlane } from '../../controlplane/start.ts';
import { until } from '../../controlplane/until.ts';
import { isFinished, type Job } from '../job.ts';
import { JOBS } from '../jobs.ts';
import type { ApiObject } from '../object.ts';
import type { Change } from '../object-store.ts';
import { PODS } from '../pods.ts';
import { Hand } from './hand.ts';
import { type History, inOrder } from './history.ts';
import { type Observed, observed } from './observed.ts';

/** Starts etcd, kube-apiserver and the two controllers that are simulated, as they are in a version of Kubernetes. */
export async function startRealCluster(minorVersion: number): Promise<RealCluster> {
  const emulated = [`--emulated-version=1.${minorVersion}`];
  const binaries = await controlPlaneBinaries([
    'etcd',
    'kube-apiserver',
    'kubectl',
    'kube-controller-manager',
  ]);
  const controlPlane = await startControlPlane({ binaries, extraApiServerArgs: emulated });
  await startControllerManager(
    controlPlane,
    binaries,
    ['job', 'garbage-collector'],
    [
      ...emulated,
      // By default it takes its time: what is compared is what it comes to.
      '--kube-api-qps=500',
      '--kube-api-burst=500',
    ],
  );
  const rest = new RestClient(await kubeconfigAccess(controlPlane.kubeconfig));
  const cluster = new RealCluster(controlPlane, rest);
  await cluster.open();
  return cluster;
}

/** Real controllers, and all that ever happened to Jobs and pods. */
export class RealCluster {
  readonly #controlPlane: ControlPlane;
  readonly #rest: RestClient;
  readonly #changes: Change[] = [];
  readonly #end = new AbortController();
  readonly #watches: Promise<void>[] = [];
  #markers = 0;

  constructor(controlPlane: ControlPlane, rest: RestClient) {
    this.#controlPlane = controlPlane;
    this.#rest = rest;
  }

  /** Watches from now on. */
  async open(): Promise<void> {
    for (const path of [collectionPath(JOBS), collectionPath(PODS)]) {
      const { metadata } = await this.#rest.request<ApiObject>({ method: 'GET', path });
      const query = { watch: 'true', resourceVersion: metadata.resourceVersion, timeoutSeconds: '3600' };
      const body = await this.#rest.stream({ method: 'GET', path, query, signal: this.#end.signal });
      this.#watches.push(this.#collect(body));
    }
  }

  /** Makes a namespace, and somebody to act in it. */
  async enter(namespace: string): Promise<Hand> {
    const hand = new Hand(this.#rest, namespace);
    await hand.createNamespace();
    return hand;
  }

  /** What there is in the namespace, as the watches have shown it. */
  observed(namespace: string): Observed {
    const objects = new Map<string, ApiObject>();
    for (const { type, object } of this.history(namespace)) {
      if (type === 'DELETED') objects.delete(object.metadata.uid);
      else objects.set(object.metadata.uid, object);
    }
    return observed(objects.values());
  }

  /** The same as soon as it is as wanted, or when it has not become so in time. */
  async settled(namespace: string, wanted: Observed | undefined): Promise<Observed> {
    const isAsWanted = () => isDeepStrictEqual(this.observed(namespace), wanted);
    await until('the controllers come to rest', isAsWanted).catch(() => undefined);
    return this.observed(namespace);
  }

  /**
   * Resolves when a Job that begins now is done, and the watches have shown it: whatever the controllers had to do with
   * earlier ones they have done by then.
   */
  async laterJobIsDone(): Promise<void> {
    this.#markers += 1;
    const namespace = `marker-${this.#markers}`;
    const hand = await this.enter(namespace);
    await hand.createJob({ suspend: false });
    await until('the later Job has a pod', async () => (await hand.pods()).length === 1);
    await hand.setPhase('Succeeded');
    const isShown = (test: (object: ApiObject) => boolean) =>
      this.history(namespace).some(({ object }) => test(object));
    await until(
      'the later Job is done',
      () =>
        isShown((object) => object.kind === JOBS.kind && isFinished(object as Job)) &&
        isShown((object) => object.kind === PODS.kind && object.metadata.finalizers === undefined),
    );
  }

  history(namespace: string): History {
    return inOrder(this.#changes.filter(({ object }) => object.metadata.namespace === namespace));
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#watches);
    await this.#rest.close();
    await this.#controlPlane.stop();
  }

  async #collect(body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const line of linesOf(body)) this.#changes.push(JSON.parse(line) as Change);
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }
}
