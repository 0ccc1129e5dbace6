import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiServer } from './api-server.ts';
import { auditFlags } from './audit.ts';
import { controlPlaneBinaries } from './build.ts';
import { createCredentials } from './credentials.ts';
import { Etcd } from './etcd.ts';
import { type Access, kubeconfig } from './kubeconfig.ts';
import { type Kubectl, kubectlFor } from './kubectl.ts';
import { type EndOrder, type Keeper, openKeeper } from './processes.ts';

/** Everything may be left out. */
export interface ControlPlaneOptions {
  /** Folder with etcd, kube-apiserver and kubectl. @default found or built by `controlPlaneBinaries` */
  readonly binaries?: string;
  /** Added behind the others, such as `--audit-policy-file=…` */
  readonly extraApiServerArgs?: readonly string[];
  /** Have the API server write down every request, or those of some users; read with `auditEntries`. @default false */
  readonly audit?: boolean | { readonly users: readonly string[] };
  /** Further users, by name, and their groups; `system:masters` may do everything. @default none */
  readonly users?: Readonly<Record<string, readonly string[]>>;
}

/** A running etcd and kube-apiserver, with admin access. They end with this process at the latest. */
export interface ControlPlane extends Access, AsyncDisposable {
  /** Path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  /** Paths of the kubeconfigs of the further users, by name. */
  readonly kubeconfigs: Readonly<Record<string, string>>;
  /** Holds data, keys and logs (`etcd.log`, `kube-apiserver.log`); removed by `stop`. */
  readonly folder: string;
  /** Start here what depends on the API server: it is ended before it, and its log is beside the others. */
  readonly keeper: Keeper;
  readonly kubectl: Kubectl;
  /** What kube-controller-manager wants as `--service-account-private-key-file`. */
  readonly serviceAccountKeyFile: string;
  /** Path of the Unix socket of etcd. */
  readonly etcdSocket: string;
  /** Same port, data and credentials; `{ signal: 'SIGKILL' }` for a crash. Resolves when ready again. */
  readonly restartApiServer: (order?: Partial<EndOrder>) => Promise<void>;
  /** It stays away until `restartApiServer`. */
  readonly killApiServer: () => Promise<void>;
  /** Stops both, copies the data, and starts them again. */
  readonly backup: () => Promise<void>;
  /** Stops both, puts the copy in the place of the data, and starts them again: resource versions go back. */
  readonly restore: () => Promise<void>;
  /** Ends everything started by the keeper, the API server before etcd, and removes the folder. */
  readonly stop: () => Promise<void>;
}

/** Starts a control plane of its own, as many at a time as wanted; resolves when it is ready. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = options.binaries ?? (await controlPlaneBinaries(['etcd', 'kube-apiserver', 'kubectl']));
  const keeper = await openKeeper();
  try {
    return await startKept(keeper, binaries, options);
  } catch (error) {
    await keeper.stop();
    throw error;
  }
}

async function startKept(
  keeper: Keeper,
  binaries: string,
  { extraApiServerArgs = [], audit = false, users = {} }: ControlPlaneOptions,
): Promise<ControlPlane> {
  const { folder } = keeper;
  const credentials = await createCredentials(folder, users);
  const audited = typeof audit === 'object' ? audit.users : undefined;
  const extraArgs = [...extraApiServerArgs, ...(audit === false ? [] : await auditFlags(folder, audited))];
  const etcd = await Etcd.start(keeper, binaries);
  const server = await ApiServer.start({ keeper, binaries, etcdUrl: etcd.url, credentials, extraArgs });
  const whileStopped = async (work: () => Promise<void>) => {
    await server.end();
    await etcd.end();
    await work();
    await etcd.run();
    await server.run();
  };
  const access = { url: `https://127.0.0.1:${server.port}`, ca: await server.ca(), token: credentials.token };
  const path = await writeKubeconfig(join(folder, 'kubeconfig'), access);
  const kubeconfigs = await Promise.all(
    Object.entries(credentials.userTokens).map(
      async ([name, token]) =>
        [name, await writeKubeconfig(join(folder, `kubeconfig-${name}`), { ...access, token })] as const,
    ),
  );
  const stop = (): Promise<void> => keeper.stop();
  return {
    ...access,
    kubeconfig: path,
    kubeconfigs: Object.fromEntries(kubeconfigs),
    folder,
    serviceAccountKeyFile: credentials.serviceAccountKeyFile,
    etcdSocket: etcd.socket,
    keeper,
    kubectl: kubectlFor(binaries, folder, path),
    restartApiServer: (order = {}) => server.restart(order),
    killApiServer: () => server.end({ signal: 'SIGKILL' }),
    backup: () => whileStopped(() => etcd.backup()),
    restore: () => whileStopped(() => etcd.restore()),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function writeKubeconfig(path: string, access: Access): Promise<string> {
  await writeFile(path, kubeconfig(access), { mode: 0o600 });
  return path;
}
