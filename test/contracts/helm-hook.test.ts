import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QlikServer } from '../../src/api/qlikserver.ts';
import { type Helm, openHelm } from '../../deploy/helm.ts';
import { searchForSecrets, useLab } from '../integration/server/lab.ts';
import { World } from '../integration/server/world.ts';

const lab = useLab();

let helm: Helm;
let chart: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'qlik-hook-'));
  helm = await openHelm({ kubeconfig: lab().controlPlane.kubeconfig, folder });
  chart = await chartIn(path.join(folder, 'chart'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A chart as a user writes it: credentials, a QlikServer, and the test of both as a hook. */
async function chartIn(folder: string): Promise<string> {
  const templates = path.join(folder, 'templates');
  await mkdir(templates, { recursive: true });
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: reports\nversion: 0.1.0\n',
    'templates/server.yaml': `
apiVersion: v1
kind: Secret
metadata:
  name: next
  labels: {kpimailer.io/credentials: "true"}
data: {{ toJson .Values.credentials }}
---
apiVersion: kpimailer.io/v1alpha1
kind: QlikServer
metadata:
  name: qlik
spec: {{ toJson .Values.server }}
`,
    'templates/test.yaml': `
apiVersion: kpimailer.io/v1alpha1
kind: QlikConnectionTest
metadata:
  name: qlik
  annotations:
    helm.sh/hook: post-install,post-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  serverRef:
    name: qlik
`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

function release(verb: 'install' | 'upgrade', world: World, password: string) {
  const { site, namespace } = world;
  const credentials = { 'client.pfx': site.clientPfxWithAuthority, password: Buffer.from(password) };
  const values = {
    credentials: Object.fromEntries(
      Object.entries(credentials).map(([key, bytes]) => [key, bytes.toString('base64')]),
    ),
    server: specOf(world),
  };
  const args = [verb, 'reports', chart, `--namespace=${namespace}`, '--values=-', '--timeout=60s'];
  return helm(
    [...args, ...(verb === 'upgrade' ? ['--rollback-on-failure', '--wait=hookOnly'] : [])],
    JSON.stringify(values),
  );
}

function specOf({ site }: World): unknown {
  return {
    type: 'OnPremise',
    trust: [{ configMapKeyRef: { name: 'trust' } }],
    checks: { interval: '1h', retryInterval: '1h' },
    appSync: { enabled: false },
    onPremise: {
      serverUrl: site.serverUrl,
      userDirectory: site.serviceAccount.userDirectory,
      serviceAccountUser: site.serviceAccount.userId,
      clientCertificate: { pkcs12: { secretName: 'next' } },
      repositoryService: { port: site.repositoryPort },
    },
  } satisfies Partial<Record<keyof QlikServer['spec'], unknown>>;
}

test('a release is one only if the hook passes, and else what was there before', async () => {
  await using world = await World.create(lab());
  await world.createTrust();
  const installed = await release('install', world, world.site.clientPfxPassword);
  expect(installed.stderr).toBe('');
  expect(installed.code).toBe(0);
  await world.seeReady('True', 'ChecksPassed');

  const from = performance.now();
  const refused = await release('upgrade', world, 'not this one');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('does not open with the password given');
  expect(performance.now() - from).toBeLessThan(50_000);
  const { stdout } = await world.kubectl('get', 'secret', 'next', '--output=jsonpath={.data.password}');
  expect(stdout).toBe(Buffer.from(world.site.clientPfxPassword).toString('base64'));
  await world.seeReady('True', 'ChecksPassed');
});

searchForSecrets(lab);
