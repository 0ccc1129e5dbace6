import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MANIFESTS } from '../../deploy/manifests.ts';
import { controlPlaneBinaries } from '../controlplane/build.ts';
import { until } from '../controlplane/until.ts';
import { RELEASE, type ReleaseName } from '../installation/chart.ts';
import { apply, restrictedNamespace } from '../installation/apply.ts';
import { Installation } from '../installation/installation.ts';
import { commandsOf, runCommands } from './notes.ts';

const OTHER: ReleaseName = { name: 'second', namespace: 'qlik-second' };

let cluster: Installation;
/** The QlikServer that must outlive everything below, with what identifies it and what is known of it. */
let server: string;

beforeAll(async () => {
  cluster = await Installation.open();
  const namespaces = [RELEASE.namespace, OTHER.namespace, 'finance', 'sales'];
  await apply(cluster.controlPlane.kubectl, ...namespaces.map(restrictedNamespace));
});

afterAll(() => cluster?.[Symbol.asyncDispose]());

/** Each test goes on where the one before it stopped. */
describe('a release', () => {
  let notes: string;

  test('is installed, by an earlier version of the chart', async () => {
    const { code, stdout, stderr } = await cluster.release(
      'install',
      RELEASE,
      { replicas: 2 },
      { chart: await cluster.earlierChart() },
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    notes = stdout;
    expect(await columns()).not.toContain('Ready');
  });

  test('makes pods that a restricted namespace admits', async () => {
    await until('there are two pods', async () => (await names('pods', RELEASE.namespace)).length === 2);
    const events = await cluster.kubectl(
      `get events --namespace=${RELEASE.namespace} --output=jsonpath={..reason}`,
    );
    expect(events).not.toContain('FailedCreate');
  });

  test('says in its notes commands that work', async () => {
    const { folder, kubeconfig } = cluster.controlPlane;
    const binaries = await controlPlaneBinaries(['kubectl']);
    const commands = commandsOf(notes, 'finance');
    expect(commands).toContain('create rolebinding qlik-operator-secrets');
    expect(commands).toContain('kind: QlikServer');
    const { code, output } = await runCommands(commands, { binaries, folder, kubeconfig });
    expect(output).toContain('qlikserver.kpimailer.io/finance created');
    expect(code).toBe(0);
    await cluster.kubectl(
      `patch qlikserver finance --namespace=finance --subresource=status --type=merge --patch={"status":{"endpoint":"known"}}`,
    );
    server = await theServer();
    expect(server).toContain('"endpoint":"known"');
  });

  test('lets its notes’ command give the right to read Secrets', async () => {
    expect(await operatorMay('list', 'secrets', 'finance')).toBe(true);
    expect(await operatorMay('list', 'secrets', 'sales')).toBe(false);
  });

  test('lets whoever has the role view see QlikServers, and edit change them', async () => {
    await cluster.kubectl('create rolebinding jane --clusterrole=view --user=jane --namespace=sales');
    await cluster.kubectl('create rolebinding joe --clusterrole=edit --user=joe --namespace=sales');
    await until('view has QlikServers', () => may('jane', 'list', 'qlikservers', 'sales'));
    await until('edit has QlikServers', () => may('joe', 'delete', 'qlikservers', 'sales'));
    expect(await may('jane', 'delete', 'qlikservers', 'sales')).toBe(false);
  });

  test('is upgraded with QlikServers in place, and brings its CRDs up to date', async () => {
    // In finance, the rights are bound already: by hand, as the notes said.
    const values = { secretAccess: { namespaces: ['finance', 'sales'] } };
    const { code, stderr } = await cluster.release('upgrade', RELEASE, values);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(await columns()).toContain('Ready');
    expect(await theServer()).toBe(server);
    expect(await operatorMay('list', 'secrets', 'sales')).toBe(true);
  });

  test('goes over to Secrets by name, and gives the wider rights back', async () => {
    await cluster.kubectl('delete rolebinding qlik-operator-secrets --namespace=finance');
    const { code, stderr } = await cluster.release('upgrade', RELEASE, {
      secretAccess: {
        mode: 'named',
        named: [{ namespace: 'finance', secrets: ['finance-cert'], configMaps: ['qlik-ca'] }],
      },
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(await operatorMay('get', 'secrets/finance-cert', 'finance')).toBe(true);
    expect(await operatorMay('list', 'secrets', 'finance')).toBe(false);
    expect(await operatorMay('list', 'secrets', 'sales')).toBe(false);
  });

  test('goes over to some namespaces, and gives the wider rights back', async () => {
    const { code } = await cluster.release('upgrade', RELEASE, { watchNamespaces: ['finance'] });
    expect(code).toBe(0);
    expect(await operatorMay('list', 'qlikservers', 'finance')).toBe(true);
    expect(await operatorMay('list', 'qlikservers', 'sales')).toBe(false);
  });

  test('has a second one beside it, which leaves the CRDs to it', async () => {
    const values = { watchNamespaces: ['sales'], crds: { install: false } };
    const { code, stdout, stderr } = await cluster.release('install', OTHER, values);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('The CRDs are not part of this release');
    expect((await cluster.uninstall(OTHER)).code).toBe(0);
    expect(await theServer()).toBe(server);
  });

  test('is uninstalled, and leaves CRDs and QlikServers', async () => {
    const { code, stdout } = await cluster.uninstall(RELEASE);
    expect(code).toBe(0);
    for (const kind of [
      'qlikapps',
      'qlikconnectiontests',
      'qlikexecutionledgers',
      'qlikexecutions',
      'qlikservers',
    ])
      expect(stdout).toContain(`[CustomResourceDefinition] ${kind}.kpimailer.io`);
    expect(await names('deployments,services,serviceaccounts', RELEASE.namespace)).toEqual([]);
    expect(await names('clusterroles', RELEASE.namespace, 'app.kubernetes.io/name=qlik-operator')).toEqual(
      [],
    );
    expect(await theServer()).toBe(server);
  });

  test('is installed again under its name, and takes over what it had left', async () => {
    const { code, stderr } = await cluster.release('install', RELEASE);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(await theServer()).toBe(server);
    expect((await cluster.uninstall(RELEASE)).code).toBe(0);
  });

  test('takes over under another name only when told to', async () => {
    const refused = await cluster.release('install', OTHER);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/CustomResourceDefinition "qlik[a-z]+\.kpimailer\.io"/u);
    const told = await cluster.release('install', OTHER, {}, { flags: ['--take-ownership'] });
    expect(told.stderr).toBe('');
    expect(told.code).toBe(0);
    expect(await theServer()).toBe(server);
    expect((await cluster.uninstall(OTHER)).code).toBe(0);
  });

  test('takes over from the plain manifests', async () => {
    await cluster.kubectl(`apply --server-side --force-conflicts --filename=${MANIFESTS}`);
    await until('there is a pod', async () => (await names('pods', RELEASE.namespace)).length === 1);
    const { code, stderr } = await cluster.release('install', RELEASE, {}, { flags: ['--take-ownership'] });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(await theServer()).toBe(server);
  });

  test('takes CRDs and QlikServers with it only with crds.keep: false, of which its notes warn', async () => {
    const { stdout } = await cluster.release('upgrade', RELEASE, { crds: { keep: false } });
    expect(stdout).toContain('WARNING: crds.keep is false');
    expect((await cluster.uninstall(RELEASE)).code).toBe(0);
    await until(
      'the CRDs are gone',
      async () => !(await names('customresourcedefinitions')).join().includes('kpimailer.io'),
      // The API server takes its time with each of them.
      { deadlineMs: 100_000, everyMs: 200 },
    );
  });
});

/** Everything about it that must not change; managedFields say who wrote it, and resourceVersion that nobody did. */
function theServer(): Promise<string> {
  return cluster
    .kubectl('get qlikserver finance --namespace=finance --output=json')
    .then((text) => JSON.stringify(JSON.parse(text)));
}

async function columns(): Promise<string[]> {
  const path = '{.spec.versions[0].additionalPrinterColumns[*].name}';
  return (await cluster.kubectl(`get crd qlikservers.kpimailer.io --output=jsonpath=${path}`)).split(' ');
}

async function names(kinds: string, namespace = 'default', selector = ''): Promise<string[]> {
  const printed = await cluster.kubectl(
    `get ${kinds} --namespace=${namespace} --selector=${selector} --output=name`,
  );
  return printed.split('\n').filter((line) => line !== '' && line !== 'serviceaccount/default');
}

function operatorMay(verb: string, object: string, namespace: string): Promise<boolean> {
  const account = `system:serviceaccount:${RELEASE.namespace}:${RELEASE.name}`;
  return may(account, verb, object, namespace);
}

async function may(user: string, verb: string, object: string, namespace: string): Promise<boolean> {
  const args = ['auth', 'can-i', verb, object, `--namespace=${namespace}`, `--as=${user}`];
  return (await cluster.controlPlane.kubectl(args)).stdout.trim() === 'yes';
}
