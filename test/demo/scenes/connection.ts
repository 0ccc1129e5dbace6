import { say } from '../console.ts';
import { expectCondition, expectField } from '../expectations.ts';
import { credentials, qlikServer, serversInOrder } from '../resources.ts';
import type { Stage } from '../stage.ts';

/** Milliseconds from a mended Secret to Ready, at most. */
const MEND_LIMIT = 2_000;

/** Two servers that work and one that does not: what is wrong with it, and what becomes of it once it is mended. */
export async function connection(stage: Stage): Promise<void> {
  const { site, tenant } = stage;
  say(
    'Applying three QlikServers: "finance", "acme", and "sales" with the client certificate of another site',
  );
  const good = { 'client.pfx': site.clientPfx, password: site.clientPfxPassword };
  await stage.apply(
    ...serversInOrder(site, tenant),
    credentials('sales-cert', { ...good, 'client.pfx': site.foreignPfx }),
    qlikServer('sales', site),
  );
  await stage.kubectl('wait --for=condition=AppsSynced --timeout=30s qlikserver/finance qlikserver/acme');
  await stage.kubectl('wait --for=condition=Stalled --timeout=30s qlikserver/sales');
  await stage.show('get qlikservers');
  await stage.show('get qlikserver sales --output=jsonpath={.status.conditions[?(@.type=="Ready")].message}');
  await expectReady(stage, 'finance', 'True/ChecksPassed', '5/5');
  await expectReady(stage, 'acme', 'True/ChecksPassed', '2/2');
  await expectReady(stage, 'sales', 'False/ClientCertificateRejected', '1/5');

  say('Replacing the certificate in the Secret "sales-cert"');
  const mended = performance.now();
  await stage.apply(credentials('sales-cert', good));
  await stage.kubectl('wait --for=condition=Ready --timeout=30s qlikserver/sales');
  const took = Math.round(performance.now() - mended);
  say(`"sales" is Ready after ${took} ms`);
  await stage.kubectl('wait --for=condition=AppsSynced --timeout=30s qlikserver/sales');
  await stage.show('get qlikservers');
  await stage.show('get events --field-selector=involvedObject.kind=QlikServer');
  await expectReady(stage, 'sales', 'True/ChecksPassed', '5/5');
  if (took > MEND_LIMIT)
    throw new Error(`"sales" became Ready after ${took} ms; expected at most ${MEND_LIMIT} ms`);
}

async function expectReady(stage: Stage, server: string, ready: string, checks: string): Promise<void> {
  await expectCondition(stage, server, 'Ready', ready);
  await expectField(stage, server, '{.status.checks.summary}', checks);
}
