import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { type ControlPlane, startControlPlane } from '../../controlplane/start.ts';
import type { KeptProcess } from '../../controlplane/processes.ts';
import { until } from '../../controlplane/until.ts';
import { OperatorAccount } from '../../installation/account.ts';
import { RELEASE } from '../../installation/chart.ts';
import { Manifests } from '../../installation/manifests.ts';
import { Api } from './api.ts';
import { launch, Operator } from './operator.ts';

const CRD = join(import.meta.dirname, '../../../crds/kpimailer.io_qlikservers.yaml');

interface Crd {
  metadata: { annotations: Record<string, string> };
  spec: { versions: { schema: { openAPIV3Schema: { properties: { status: Status } } } }[] };
}
interface Status {
  properties: Record<string, unknown>;
}

let controlPlane: ControlPlane;
let api: Api;
let account: OperatorAccount;

beforeAll(async () => {
  controlPlane = await startControlPlane({ binaries: inject('controlPlane').binaries });
  api = new Api(controlPlane);
  const manifests = new Manifests(inject('installation').manifests);
  account = await OperatorAccount.install({ controlPlane, api, manifests, release: RELEASE });
});
afterAll(async () => {
  await api?.close();
  await controlPlane?.stop();
});

/** Starts the operator without waiting for anything. */
function start(name: string): Promise<KeptProcess> {
  return launch(controlPlane.keeper, name, { main: inject('installation').bundle, ...account.pod });
}

async function apply(change: (crd: Crd, status: Status) => void): Promise<void> {
  const crd = parse(readFileSync(CRD, 'utf8')) as Crd;
  const [version] = crd.spec.versions;
  if (version === undefined) throw new Error('the CRD has no version');
  change(crd, version.schema.openAPIV3Schema.properties.status);
  const { code, stderr } = await controlPlane.kubectl(['apply', '--filename=-'], {
    input: JSON.stringify(crd),
  });
  if (code !== 0) throw new Error(stderr);
}

const logged = (process: KeptProcess, text: string) =>
  until(`the log says "${text}"`, () => Operator.logOf(process).includes(text));

// In this order: a cluster without the CRD, then with an older one, then with another.
test('says what is missing when the CRD is not there, and goes on when it is', async () => {
  const process = await start('without-crd');
  await logged(
    process,
    'the CustomResourceDefinition qlikservers.kpimailer.io is not installed; apply crds/',
  );
  await apply(() => {});
  await logged(process, '"leading"');
  expect(Operator.logOf(process)).not.toContain('of another version of the operator');
  await process.end({ graceMs: 10_000 });
});

test('refuses to start with an older CRD, naming the fields that are missing', async () => {
  await apply((crd, status) => {
    crd.metadata.annotations['kpimailer.io/schema-hash'] = 'older';
    delete status.properties['credential'];
  });
  const process = await start('older-crd');
  expect(await process.exited).toMatchObject({ code: 1 });
  expect(Operator.logOf(process)).toContain(
    'cannot start: the CustomResourceDefinition qlikservers.kpimailer.io is older than this operator: it lacks status.credential, status.credential.state, status.credential.message, status.credential.nextAttemptTime; apply the one of this version',
  );
});

test('warns of a CRD of another version that has all it writes', async () => {
  await apply((crd, status) => {
    crd.metadata.annotations['kpimailer.io/schema-hash'] = 'newer';
    status.properties['later'] = { type: 'string' };
  });
  const process = await start('newer-crd');
  await logged(process, '"leading"');
  expect(Operator.logOf(process)).toContain(
    'the CustomResourceDefinition is of another version of the operator',
  );
  await process.end({ graceMs: 10_000 });
});
