import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** How to prove to the API server who we are, as of now. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
    readonly servername?: string | undefined;
    readonly rejectUnauthorized?: boolean | undefined;
  };
}

/** Which API server to use, and as whom. */
export interface ClusterAccess {
  readonly server: string;
  /** Namespace the operator itself lives in. */
  readonly namespace: string;
  /** Read anew from time to time, as tokens and authorities are rotated in place. */
  readonly credentials: () => Promise<Credentials>;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Environment variable that names another folder than `SERVICE_ACCOUNT`. */
const FOLDER_VARIABLE = 'QLIK_OPERATOR_SERVICE_ACCOUNT_FOLDER';

/** The access a pod has, or `undefined` outside a cluster; throws where the pod was given none. Needs no Kubernetes library: two variables and three files. */
export function inClusterAccess(
  env: Readonly<Record<string, string | undefined>>,
  folder = env[FOLDER_VARIABLE] ?? SERVICE_ACCOUNT,
): ClusterAccess | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (host === undefined || port === undefined) return undefined;
  if (!existsSync(path.join(folder, 'token'))) {
    throw new Error(
      `this is a pod (KUBERNETES_SERVICE_HOST is set), but there is no token in ${folder}: mount that of its ServiceAccount (automountServiceAccountToken), or name a file with --kubeconfig`,
    );
  }
  const read = (file: string) => readFile(path.join(folder, file), 'utf8');
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: readFileSync(path.join(folder, 'namespace'), 'utf8').trim(),
    credentials: async () => ({
      headers: { authorization: `Bearer ${(await read('token')).trim()}` },
      tls: { ca: await read('ca.crt') },
    }),
  };
}

/** The access a kubeconfig describes, with its exec plugins. The library is loaded only here: it costs 24 MiB. */
export async function kubeconfigAccess(file: string | undefined): Promise<ClusterAccess> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (file === undefined) config.loadFromDefault();
  else config.loadFromFile(file);
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new Error(`the kubeconfig${file === undefined ? '' : ` "${file}"`} has no current cluster`);
  return {
    server: cluster.server.replace(/\/+$/u, ''),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    credentials: async () => {
      const options: Parameters<typeof config.applyToHTTPSOptions>[0] = {};
      await config.applyToHTTPSOptions(options);
      return { headers: headersOf(options.headers), tls: tlsOf(options) };
    },
  };
}

function headersOf(headers: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((headers ?? {}) as Record<string, string>).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );
}

type TlsOptions = {
  ca?: unknown;
  cert?: unknown;
  key?: unknown;
  servername?: unknown;
  rejectUnauthorized?: unknown;
};

function tlsOf(options: TlsOptions): Credentials['tls'] {
  const pem = (value: unknown) =>
    value === undefined || value === null ? undefined : (value as string | Buffer).toString();
  return {
    ca: pem(options.ca),
    cert: pem(options.cert),
    key: pem(options.key),
    servername: options.servername as string | undefined,
    rejectUnauthorized: options.rejectUnauthorized as boolean | undefined,
  };
}
