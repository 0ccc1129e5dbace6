import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../controlplane/start.ts';
import type { ReleaseName } from './chart.ts';
import type { Container, PodSpec } from './manifests.ts';

/** What a kubelet would give to the operator's container, but for addresses that are taken on a machine. */
export interface PodParts {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The user that the API server knows a pod's ServiceAccount as. */
export function userOf({ serviceAccountName }: PodSpec, { namespace }: ReleaseName): string {
  return `system:serviceaccount:${namespace}:${serviceAccountName}`;
}

/** Makes arguments, environment and the files of the ServiceAccount, with a token that the API server has issued. */
export async function podOf(
  { serviceAccountName, containers: [container] }: PodSpec,
  { namespace }: ReleaseName,
  controlPlane: ControlPlane,
): Promise<PodParts> {
  // For a day, as no kubelet is there to renew it: `make dev` stays up.
  const request = ['create', 'token', serviceAccountName, `--namespace=${namespace}`, '--duration=24h'];
  const { stdout, stderr, code } = await controlPlane.kubectl(request);
  if (code !== 0) throw new Error(`No token for ${namespace}/${serviceAccountName}: ${stderr}`);
  const folder = join(controlPlane.folder, `service-account-${namespace}`);
  const files = { token: stdout, namespace, 'ca.crt': controlPlane.ca };
  await mkdir(folder);
  for (const [file, content] of Object.entries(files))
    await writeFile(join(folder, file), content, { mode: 0o600 });
  const { hostname, port } = new URL(controlPlane.url);
  return {
    args: container.args.map((arg) =>
      arg.replace(/^--(metrics|health)-address=.*/u, '--$1-address=127.0.0.1:0'),
    ),
    env: {
      ...environmentOf(container),
      QLIK_OPERATOR_SERVICE_ACCOUNT_FOLDER: folder,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    },
  };
}

function environmentOf({ env }: Container): Record<string, string> {
  return Object.fromEntries(
    env.map(({ name, value }) => {
      if (value === undefined) throw new Error(`Only a kubelet knows ${name}: it has no plain value`);
      return [name, value];
    }),
  );
}
