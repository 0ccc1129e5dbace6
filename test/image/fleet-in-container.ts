import { setTimeout as delay } from 'node:timers/promises';
import { Fleet } from '../bench/fleet.ts';
import { Responder } from '../bench/responder/responder.ts';
import { memoryOf } from '../bench/usage.ts';
import { installCrds } from '../controlplane/crds.ts';
import type { ControlPlane } from '../controlplane/start.ts';
import { until } from '../controlplane/until.ts';
import { apply, restrictedNamespace } from '../installation/apply.ts';
import { Chart, RELEASE } from '../installation/chart.ts';
import type { PodTemplate } from '../installation/manifests.ts';
import { podOf, type PodParts } from '../installation/pod.ts';
import { Api } from '../integration/server/api.ts';
import { accountOf } from './account.ts';
import { metricOf } from './log.ts';
import { OperatorContainer } from './operator-container.ts';
import type { Podman } from './podman.ts';
import { securityFlags } from './security.ts';

const NAMESPACES = 20;
const SIGN_IN = 'POST /qps/kpi/ticket';

export interface FleetSize {
  readonly servers: number;
  /** Seconds between two checks of a server, and for which all are checked after the last one got Ready. */
  readonly interval: number;
  /** As in `resources.limits`, in MiB. */
  readonly limit: number;
}

/** In MiB, and in thousandths of a core. */
export interface FleetUsage {
  /** Before there is a server, as `anonymous`. */
  readonly idle: number;
  /** The most at any time of what cannot be taken back; that of a process that opens PKCS#12 files, too. */
  readonly anonymous: number;
  /** Of it, what V8 has set aside for objects at the end. */
  readonly heap: number;
  /** Pages of the Node executable, for which some containers of a node pay and others do not. */
  readonly program: number;
  /** On average, once all servers are Ready. */
  readonly cpu: number;
}

/** Has the image look after a fleet, with the rights, the environment and the limit that the chart gives it. */
export async function fleetInContainer(
  podman: Podman,
  controlPlane: ControlPlane,
  { servers, interval, limit }: FleetSize,
): Promise<FleetUsage> {
  await using parts = new AsyncDisposableStack();
  const api = new Api(controlPlane);
  parts.defer(() => api.close());
  await installCrds(controlPlane);
  const responder = await Responder.start(controlPlane.keeper, 'responder');
  const fleet = await Fleet.prepare(api, responder, { servers, interval, namespaces: NAMESPACES });
  const { args, env, podTemplate } = await installed(controlPlane);
  const { account, variables } = await accountOf(env);
  parts.use(account);
  // Without swap, as Kubernetes has it.
  const memory = [`--memory=${limit}m`, `--memory-swap=${limit}m`];
  const flags = [...securityFlags(podTemplate), '--network=host', ...memory, account.flag, ...variables];
  const container = parts.use(await OperatorContainer.start(podman, flags, args));

  await fleet.create();
  const patience = { deadlineMs: 60_000 + servers * 300, everyMs: 500 };
  const haveSignedIn = async () => {
    container.assertRuns();
    return ((await responder.counters()).byPath[SIGN_IN] ?? 0) >= servers;
  };
  // Each server is signed in to before it is Ready; to list them all before that would be mere load.
  await until('all servers are signed in to', haveSignedIn, patience);
  await until('all servers are Ready', async () => (await fleet.ready()) === servers, patience);
  const before = container.usage().cpu;
  await delay(interval * 1000);
  const { cpu } = container.usage();
  const { resident, anonymous } = memoryOf(container.pid);
  const [first, ...others] = container.samples.map((sample) => sample.anonymous);
  return {
    idle: mebibytes(first!),
    anonymous: mebibytes(Math.max(...others)),
    heap: mebibytes(await metricOf(container.log, 'nodejs_heap_size_total_bytes')),
    program: mebibytes((resident - anonymous) * 1024),
    cpu: Math.round((cpu - before) / interval),
  };
}

/** Applies what the chart renders, with the right to read the Secrets of the fleet. */
async function installed(
  controlPlane: ControlPlane,
): Promise<PodParts & { readonly podTemplate: PodTemplate }> {
  const namespaces = Array.from({ length: NAMESPACES }, (_, index) => `bench-${index}`);
  const chart = await Chart.open();
  const manifests = await chart.render({ secretAccess: { namespaces }, allowLocalTargets: true });
  const objects = manifests.all.filter(({ kind }) => kind !== 'CustomResourceDefinition');
  await apply(controlPlane.kubectl, restrictedNamespace(RELEASE.namespace), ...objects);
  const { podTemplate } = manifests;
  return { podTemplate, ...(await podOf(podTemplate.spec, RELEASE, controlPlane)) };
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
