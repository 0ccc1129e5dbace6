import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../controlplane/start.ts';
import type { ReleaseName } from './chart.ts';
import type { Manifests } from './manifests.ts';

/** What a kubelet would give to the operator's container, but for addresses that are taken on a machine. */
export interface PodParts {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Makes arguments, environment and the files of the ServiceAccount, with a token that the API server has issued. */
export async function podOf(
  manifests: Manifests,
  { namespace }: ReleaseName,
  controlPlane: ControlPlane,
): Promise<PodParts> {
  const account = manifests.podTemplate.spec.serviceAccountName;
  const { stdout, stderr, code } = await controlPlane.kubectl([
    'create',
    'token',
    account,
    `--namespace=${namespace}`,
  ]);
  if (code !== 0) throw new Error(`No token for ${namespace}/${account}: ${stderr}`);
  const folder = join(controlPlane.folder, `service-account-${namespace}`);
  const files = { token: stdout, namespace, 'ca.crt': controlPlane.ca };
  await mkdir(folder);
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
  const { hostname, port } = new URL(controlPlane.url);
  return {
    args: manifests.args.map((arg) =>
      arg.replace(/^--(metrics|health)-address=.*/u, '--$1-address=127.0.0.1:0'),
    ),
    env: {
      ...(manifests.env as Record<string, string>),
      QLIK_OPERATOR_SERVICE_ACCOUNT_FOLDER: folder,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    },
  };
}
