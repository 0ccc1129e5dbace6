import { until } from '../../controlplane/until.ts';
import { say } from '../console.ts';
import { expectCondition, expectField } from '../expectations.ts';
import { ReportWorker } from '../report-worker.ts';
import { credentials, qlikServer, serversInOrder } from '../resources.ts';
import type { Stage } from '../stage.ts';

const DAY = 86_400_000;
const BINDING = 'finance-qlik';
/** Milliseconds from a Secret that is replaced to executions that have it, at most. */
const ROTATION_LIMIT = 2_000;

/** A certificate expires within a week: the new one is tried, then saved, while a report runs; a wrong one never reaches it. */
export async function rotation(stage: Stage): Promise<void> {
  await expire(stage);
  const worker = new ReportWorker(stage, BINDING);
  try {
    const next = await stage.site.exportClient();
    await tryNext(stage, next);
    await save(stage, worker, next);
    await saveWrong(stage);
    await saveAgain(stage);
  } finally {
    await worker.stop();
  }
  await stage.show('get events --field-selector=involvedObject.kind=QlikServer');
  judge(worker);
}

async function expire(stage: Stage): Promise<void> {
  const { site, tenant } = stage;
  say(
    'Applying "finance", whose client certificate expires in less than 7 days, with a binding for its executions',
  );
  const [trust] = serversInOrder(site, tenant);
  const notAfter = new Date(Date.now() + 7 * DAY - 60_000);
  await stage.apply(
    trust,
    secretWith(stage, 'finance-cert', await site.exportClient({ notAfter })),
    qlikServer('finance', site, { binding: { secretName: BINDING } }),
  );
  await stage.kubectl('wait --for=condition=Ready --timeout=30s qlikserver/finance');
  await stage.show(
    'get qlikserver finance --output=jsonpath={.status.conditions[?(@.type=="CertificateValid")].message}',
  );
  await expectCondition(stage, 'finance', 'CertificateValid', 'True/ExpiresSoon');
  await expectField(stage, 'finance', '{.status.binding.name}', BINDING);
  say(`A report runs from now on, with the credentials in the Secret "${BINDING}"`);
}

async function tryNext(stage: Stage, next: Buffer): Promise<void> {
  say('Trying the new certificate before it is saved, from a Secret of its own');
  await stage.apply(secretWith(stage, 'finance-cert-next', next), {
    apiVersion: 'kpimailer.io/v1alpha1',
    kind: 'QlikConnectionTest',
    metadata: { name: 'finance-next' },
    spec: {
      serverRef: { name: 'finance' },
      clientCertificate: { pkcs12: { secretName: 'finance-cert-next' } },
    },
  });
  await stage.show('wait --for=condition=Ready --timeout=30s qlikconnectiontest/finance-next');
  await stage.show('get qlikconnectiontests');
}

async function save(stage: Stage, worker: ReportWorker, next: Buffer): Promise<void> {
  await until('the report has had its first answer', () => worker.accepted > 0);
  say('Saving it: replacing the certificate in the Secret "finance-cert"');
  const before = await boundCertificate(stage);
  const from = performance.now();
  await stage.apply(secretWith(stage, 'finance-cert', next));
  await until('executions have it', async () => (await boundCertificate(stage)) !== before, {
    deadlineMs: 30_000,
    everyMs: 20,
  });
  const took = Math.round(performance.now() - from);
  say(`Executions have it after ${took} ms`);
  await stage.kubectl('wait --for=jsonpath={.status.credential.state}=Current qlikserver/finance');
  await expectCondition(stage, 'finance', 'CertificateValid', 'True/CertificateValid');
  if (took > ROTATION_LIMIT)
    throw new Error(`executions had it after ${took} ms; expected at most ${ROTATION_LIMIT} ms`);
}

async function saveWrong(stage: Stage): Promise<void> {
  say('Saving the client certificate of another site by mistake');
  await stage.apply(secretWith(stage, 'finance-cert', stage.site.foreignPfx));
  await stage.kubectl(
    'wait --for=jsonpath={.status.credential.state}=CandidateRejected --timeout=30s qlikserver/finance',
  );
  await stage.show('get qlikservers');
  await stage.show('get qlikserver finance --output=jsonpath={.status.credential}');
  await expectCondition(stage, 'finance', 'Ready', 'True/ChecksPassed');
  await expectCondition(stage, 'finance', 'Configured', 'True/CandidateRejected');
}

async function saveAgain(stage: Stage): Promise<void> {
  say('Saving the right one');
  await stage.apply(secretWith(stage, 'finance-cert', await stage.site.exportClient()));
  await stage.kubectl(
    'wait --for=jsonpath={.status.credential.state}=Current --timeout=30s qlikserver/finance',
  );
  await expectCondition(stage, 'finance', 'Configured', 'True/ConfigurationValid');
}

function judge({ accepted, failures, certificates }: ReportWorker): void {
  say(
    `The report had ${accepted} answers with ${certificates.size} certificates; ${failures.length} requests failed`,
  );
  if (failures.length > 0) throw new Error(`the report failed: ${failures.join('; ')}`);
  if (certificates.size < 2) throw new Error('the report has never had the new certificate');
}

function secretWith({ site }: Stage, name: string, pfx: Buffer) {
  return credentials(name, { 'client.pfx': pfx, password: site.clientPfxPassword });
}

function boundCertificate(stage: Stage): Promise<string> {
  return stage.kubectl(`get secret ${BINDING} --output=jsonpath={.data.certificates}`);
}
