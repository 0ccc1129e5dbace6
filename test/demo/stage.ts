import { bundleOperator } from '../../deploy/bundle.ts';
import { controlPlaneBinaries } from '../controlplane/build.ts';
import type { KeptProcess } from '../controlplane/processes.ts';
import type { ControlPlane } from '../controlplane/start.ts';
import type { ReleaseName } from '../installation/chart.ts';
import { Installation } from '../installation/installation.ts';
import type { PodSpec } from '../installation/manifests.ts';
import { podOf } from '../installation/pod.ts';
import { startCloudTenant, type CloudTenant } from '../simulators/cloud/tenant.ts';
import { type OnPremiseSite, startOnPremiseSite } from '../simulators/onpremise/site.ts';
import { say, show, typed } from './console.ts';

const RELEASE: ReleaseName = { name: 'qlik-operator', namespace: 'qlik-system' };

/** As a user would set it up, but that the simulators are on loopback. */
const FLAGS = [
  '--create-namespace',
  '--wait',
  '--timeout=1m',
  '--set=secretAccess.namespaces={default}',
  '--set=allowLocalTargets=true',
  '--set=logFormat=text',
];

/** The real parts of the demo: a cluster, a Qlik site and a tenant over TLS, and the operator as it is shipped. */
export class Stage implements AsyncDisposable {
  readonly site: OnPremiseSite;
  readonly tenant: CloudTenant;
  operator: KeptProcess | undefined;
  readonly #cluster: Installation;
  readonly #signal: AbortSignal;

  private constructor(
    cluster: Installation,
    { site, tenant, signal }: Pick<Stage, 'site' | 'tenant'> & { readonly signal: AbortSignal },
  ) {
    this.#cluster = cluster;
    this.#signal = signal;
    this.site = site;
    this.tenant = tenant;
  }

  /** Sets up everything but the operator. The control plane ends with this process, whatever happens to it. */
  static async open(signal: AbortSignal): Promise<Stage> {
    say('Looking for the control plane and Helm (built once if missing, about 12 minutes on 2 cores)');
    await controlPlaneBinaries(undefined, signal);
    signal.throwIfAborted();
    say('Starting a Qlik Sense site and a Qlik Cloud tenant on loopback, with keys made just now');
    const site = await startOnPremiseSite();
    const tenant = await startCloudTenant();
    signal.throwIfAborted();
    say(
      'Starting etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and kwok, which plays a node',
    );
    return new Stage(await Installation.open({ hasNode: true }), { site, tenant, signal });
  }

  get controlPlane(): ControlPlane {
    return this.#cluster.controlPlane;
  }

  /** kubectl as admin; throws when it fails. */
  kubectl(args: string): Promise<string> {
    return this.#cluster.kubectl(args);
  }

  /** The same, for all to see. */
  async show(args: string): Promise<void> {
    show(`kubectl ${args.split(' ').map(typed).join(' ')}`, await this.kubectl(args));
  }

  /** kubectl that must be refused, for all to see. */
  async showRefused(args: string): Promise<void> {
    const { stderr, code } = await this.controlPlane.kubectl(args.split(' '));
    show(`kubectl ${args.split(' ').map(typed).join(' ')}`, stderr);
    if (code === 0) throw new Error(`"kubectl ${args}" was not refused`);
  }

  async apply(...manifests: readonly unknown[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: manifests };
    await this.#cluster.kubectl('apply --filename=-', JSON.stringify(list));
  }

  /** Installs the chart, and runs the bundled operator as the pod that comes of it. */
  async startOperator(moreFlags: readonly string[] = []): Promise<void> {
    say('Bundling the operator');
    const bundle = await bundleOperator();
    // Helm is no process of the keeper's: Ctrl-C must have reached it, or find it not yet started.
    this.#signal.throwIfAborted();
    say('Installing the chart; Helm waits until the pod is ready');
    await this.#install([...FLAGS, ...moreFlags]);
    say(
      'kwok only plays the node: it says that the pod runs, and runs no container. The operator runs beside it,',
    );
    say('with the arguments, the environment and the ServiceAccount of this pod; only its ports differ');
    const pods = await this.kubectl(`get pods --namespace=${RELEASE.namespace} --output=json`);
    const { items } = JSON.parse(pods) as { readonly items: readonly [{ readonly spec: PodSpec }] };
    const { args, env } = await podOf(items[0].spec, RELEASE, this.controlPlane);
    this.operator = await this.controlPlane.keeper.start({
      name: 'operator',
      command: process.execPath,
      args: [bundle, ...args],
      env: { ...process.env, ...env },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.controlPlane.stop();
    await this.site.stop();
    await this.tenant.stop();
  }

  async #install(flags: readonly string[]): Promise<void> {
    const { stdout, stderr, code } = await this.#cluster.release('install', RELEASE, {}, { flags });
    if (code !== 0) throw new Error(`helm install failed: ${stderr}`);
    const shown = [`--namespace=${RELEASE.namespace}`, ...flags].map(typed);
    // Its notes tell a user to do what this demo does next.
    const [withoutNotes = ''] = stdout.split('\nNOTES:');
    show(['helm install qlik-operator charts/qlik-operator', ...shown].join(' \\\n        '), withoutNotes);
    await this.show(`get deployment,pods --namespace=${RELEASE.namespace}`);
  }
}
