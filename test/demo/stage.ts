import { bundleOperator } from '../../deploy/bundle.ts';
import { controlPlaneBinaries } from '../controlplane/build.ts';
import { installCrds } from '../controlplane/crds.ts';
import type { KeptProcess } from '../controlplane/processes.ts';
import { startControlPlane, type ControlPlane } from '../controlplane/start.ts';
import { startCloudTenant, type CloudTenant } from '../simulators/cloud/tenant.ts';
import { type OnPremiseSite, startOnPremiseSite } from '../simulators/onpremise/site.ts';
import { say } from './console.ts';

/** The real parts of the demo: a control plane, a Qlik site and a tenant over TLS, and the operator as it is shipped. */
export class Stage implements AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly site: OnPremiseSite;
  readonly tenant: CloudTenant;
  operator: KeptProcess | undefined;

  private constructor(controlPlane: ControlPlane, site: OnPremiseSite, tenant: CloudTenant) {
    this.controlPlane = controlPlane;
    this.site = site;
    this.tenant = tenant;
  }

  /** Sets up everything but the operator. The control plane ends with this process, whatever happens to it. */
  static async open(signal: AbortSignal): Promise<Stage> {
    say('Looking for etcd, kube-apiserver and kubectl (built once if missing, about 12 minutes on 2 cores)');
    const binaries = await controlPlaneBinaries(['etcd', 'kube-apiserver', 'kubectl'], signal);
    signal.throwIfAborted();
    say('Starting a Qlik Sense site and a Qlik Cloud tenant on loopback, with keys made just now');
    const site = await startOnPremiseSite();
    const tenant = await startCloudTenant();
    signal.throwIfAborted();
    say('Starting etcd and kube-apiserver');
    return new Stage(await startControlPlane({ binaries }), site, tenant);
  }

  /** kubectl as admin; throws when it fails. */
  async kubectl(args: string, input?: unknown): Promise<string> {
    const words = args.split(' ');
    const result = await this.controlPlane.kubectl(
      words,
      input === undefined ? {} : { input: JSON.stringify(input) },
    );
    if (result.code !== 0) throw new Error(`kubectl ${args} failed: ${result.stderr}`);
    return result.stdout;
  }

  async apply(...manifests: readonly unknown[]): Promise<void> {
    await this.kubectl('apply --filename=-', { apiVersion: 'v1', kind: 'List', items: manifests });
  }

  /** Installs the CRD and starts the bundled operator. */
  async startOperator(): Promise<void> {
    say('Bundling the operator, installing its CRD');
    const bundle = await bundleOperator();
    await installCrds(this.controlPlane);
    say('Starting the operator');
    const flags = [
      '--metrics-address=127.0.0.1:0',
      '--health-address=127.0.0.1:0',
      '--log-format=text',
      '--allow-local-targets=true',
    ];
    this.operator = await this.controlPlane.keeper.start({
      name: 'operator',
      command: process.execPath,
      args: [bundle, `--kubeconfig=${this.controlPlane.kubeconfig}`, ...flags],
      // getaddrinfo blocks a thread per lookup: with the default of 4, a few dead names would stop all others.
      env: { ...process.env, UV_THREADPOOL_SIZE: '64' },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.controlPlane.stop();
    await this.site.stop();
    await this.tenant.stop();
  }
}
