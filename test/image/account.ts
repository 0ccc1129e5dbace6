import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RELEASE } from '../installation/chart.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A folder that is mounted into containers until it is disposed of. */
export type MountedAccount = AsyncDisposable & { readonly flag: string };

/** The files of a ServiceAccount where a kubelet puts them, readable by whatever user the container has. */
export async function mountedAccount(files: Readonly<Record<string, string>>): Promise<MountedAccount> {
  const folder = await mkdtemp(join(tmpdir(), 'qlik-operator-account-'));
  await chmod(folder, 0o755);
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
  return {
    flag: `--volume=${folder}:${SERVICE_ACCOUNT}:ro`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The account that `podOf` has made, and the variables that are left. */
export async function accountOf(env: Readonly<Record<string, string>>): Promise<{
  readonly account: MountedAccount;
  readonly variables: readonly string[];
}> {
  const { QLIK_OPERATOR_SERVICE_ACCOUNT_FOLDER: folder = '', ...variables } = env;
  const content = (file: string) => readFile(join(folder, file), 'utf8');
  return {
    account: await mountedAccount({
      token: await content('token'),
      namespace: RELEASE.namespace,
      'ca.crt': await content('ca.crt'),
    }),
    variables: Object.entries(variables).map(([name, value]) => `--env=${name}=${value}`),
  };
}
