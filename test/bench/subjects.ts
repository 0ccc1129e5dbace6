import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Chart } from '../installation/chart.ts';
import type { Container } from '../installation/manifests.ts';
import type { ControlPlane } from '../controlplane/start.ts';
import { podHeap } from './pod-heap.ts';
import { peerProgram } from './programs.ts';
import type { Settings } from './settings.ts';

/** A program to measure. */
export interface Subject {
  /** Also the user as whom it speaks to the API server. */
  readonly name: 'operator' | 'peer';
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment: what a developer has set must not change figures. */
  readonly env: Readonly<Record<string, string>>;
  /** Where `/metrics` and `/readyz` are, once its log says so. */
  readonly addressesIn: (log: string) => Addresses | undefined;
  /** Metric that counts its reconciles. */
  readonly reconcileCounter: string;
}

export interface Addresses {
  readonly metrics: string;
  readonly health: string;
}

type SubjectSettings = Pick<Settings, 'concurrency' | 'interval' | 'nodeFlags'>;

const BUNDLE = join(import.meta.dirname, '../../deploy/bundle.ts');

/** The least `checks.interval` that the operator goes down to by itself, in seconds. */
const LEAST_INTERVAL = 10;

const FREE_PORTS = ['--metrics-address=127.0.0.1:0', '--health-address=127.0.0.1:0'];

/** Users of the control plane, so that the audit log tells who has asked what. */
export const SUBJECT_USERS: Readonly<Record<Subject['name'], readonly string[]>> = {
  operator: ['system:masters'],
  peer: ['system:masters'],
};

/** Makes `dist/` as it is released. In a process of its own, as esbuild would stay. */
export async function buildOperator(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BUNDLE]);
  return stdout.trim();
}

/** The bundle as in a pod: with the files of a ServiceAccount, as a kubeconfig would load a large library. */
export async function operatorSubject(
  bundle: string,
  controlPlane: ControlPlane,
  { concurrency, interval, nodeFlags }: SubjectSettings,
): Promise<Subject> {
  const folder = join(controlPlane.folder, 'service-account');
  await mkdir(folder);
  const files = {
    token: await tokenOf('operator', controlPlane),
    namespace: 'default',
    'ca.crt': controlPlane.ca,
  };
  for (const [file, content] of Object.entries(files))
    await writeFile(join(folder, file), content, { mode: 0o600 });
  const { hostname, port } = new URL(controlPlane.url);
  return {
    name: 'operator',
    command: process.execPath,
    args: [
      ...nodeFlags,
      bundle,
      ...FREE_PORTS,
      '--allow-local-targets=true',
      `--concurrency=${concurrency}`,
      ...(interval < LEAST_INTERVAL ? [`--min-check-interval=${interval}s`] : []),
    ],
    env: {
      ...(await chartEnvironment()),
      QLIK_OPERATOR_SERVICE_ACCOUNT_FOLDER: folder,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    },
    addressesIn: (log) => {
      const address = (served: string) =>
        new RegExp(String.raw`^\{.*"address":"([^"]+)".*"msg":"serving ${served}"`, 'mu').exec(log)?.[1];
      const [health, metrics] = [address('/livez and /readyz'), address('/metrics')];
      return health === undefined || metrics === undefined ? undefined : { health, metrics };
    },
    reconcileCounter: 'qlik_reconciles_total',
  };
}

/** What the chart sets, and as it acts within the chart's limit, so that memory is that of a pod. */
async function chartEnvironment(): Promise<Readonly<Record<string, string>>> {
  const manifests = await (await Chart.open()).render({});
  const env = manifests.env as Readonly<Record<string, string>>;
  const { resources } = manifests.podTemplate.spec.containers[0] as Container & Limited;
  return { ...env, NODE_OPTIONS: podHeap(env['NODE_OPTIONS'] ?? '', resources.limits.memory) };
}

interface Limited {
  readonly resources: { readonly limits: { readonly memory: string } };
}

/** With a kubeconfig: client-go takes the files of a ServiceAccount from one place only, which belongs to root. */
export async function peerSubject(
  { kubeconfigs }: ControlPlane,
  { concurrency }: SubjectSettings,
): Promise<Subject> {
  return {
    name: 'peer',
    command: await peerProgram(),
    args: [`--kubeconfig=${kubeconfigs['peer']!}`, ...FREE_PORTS, `--concurrency=${concurrency}`],
    env: {},
    addressesIn: (log) => {
      const line = /^\{"health":.*\}$/mu.exec(log)?.[0];
      return line === undefined ? undefined : (JSON.parse(line) as Addresses);
    },
    reconcileCounter: 'controller_runtime_reconcile_total',
  };
}

async function tokenOf(user: Subject['name'], { kubeconfigs }: ControlPlane): Promise<string> {
  const { users } = JSON.parse(await readFile(kubeconfigs[user]!, 'utf8')) as {
    readonly users: readonly [{ readonly user: { readonly token: string } }];
  };
  return users[0].user.token;
}
