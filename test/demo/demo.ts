/**
 * The main job on real parts, from nothing to verdicts. `make demo` runs it and stops; `make dev` (--stay) leaves it
 * running. The exit code is 0 only if every verdict was as expected.
 */
import { readFile } from 'node:fs/promises';
import { say, show } from './console.ts';
import { authorities, cloudServer, credentials, qlikServer } from './resources.ts';
import { Stage } from './stage.ts';

/** Milliseconds from a mended Secret to Ready, at most. */
const MEND_LIMIT = 2_000;

async function play(stage: Stage): Promise<void> {
  const { site, tenant } = stage;
  say(
    'Applying three QlikServers: "finance", "acme", and "sales" with the client certificate of another site',
  );
  const good = { 'client.pfx': site.clientPfx, password: site.clientPfxPassword };
  await stage.apply(
    authorities(site, tenant),
    credentials('finance-cert', good),
    credentials('sales-cert', { ...good, 'client.pfx': site.foreignPfx }),
    credentials('acme-oauth', { clientSecret: tenant.clientSecret }),
    qlikServer('finance', site),
    qlikServer('sales', site),
    cloudServer('acme', tenant),
  );
  await stage.kubectl('wait --for=condition=Ready --timeout=30s qlikserver/finance qlikserver/acme');
  await stage.kubectl('wait --for=condition=Stalled --timeout=30s qlikserver/sales');
  show('kubectl get qlikservers', await stage.kubectl('get qlikservers'));
  const message = '{.status.conditions[?(@.type=="Ready")].message}';
  show(
    `kubectl get qlikserver sales -o jsonpath='${message}'`,
    await stage.kubectl(`get qlikserver sales --output=jsonpath=${message}`),
  );
  await expect(stage, 'finance', 'True ChecksPassed 5/5');
  await expect(stage, 'acme', 'True ChecksPassed 2/2');
  await expect(stage, 'sales', 'False ClientCertificateRejected 1/5');

  say('Replacing the certificate in the Secret "sales-cert"');
  const mended = performance.now();
  await stage.apply(credentials('sales-cert', good));
  await stage.kubectl('wait --for=condition=Ready --timeout=30s qlikserver/sales');
  const took = Math.round(performance.now() - mended);
  say(`"sales" is Ready after ${took} ms`);
  show('kubectl get qlikservers', await stage.kubectl('get qlikservers'));
  const events = 'get events --field-selector=involvedObject.kind=QlikServer';
  show(`kubectl ${events}`, await stage.kubectl(events));
  await expect(stage, 'sales', 'True ChecksPassed 5/5');
  if (took > MEND_LIMIT)
    throw new Error(`"sales" became Ready after ${took} ms; expected at most ${MEND_LIMIT} ms`);
}

async function expect(stage: Stage, name: string, wanted: string): Promise<void> {
  const ready = '{.status.conditions[?(@.type=="Ready")]';
  const seen = await stage.kubectl(
    `get qlikserver ${name} --output=jsonpath=${ready}.status}/${ready}.reason}/{.status.checks.summary}`,
  );
  const [status, reason, ...summary] = seen.split('/');
  const found = `${status} ${reason} ${summary.join('/')}`;
  if (found !== wanted) throw new Error(`"${name}" is "${found}"; expected "${wanted}"`);
}

async function stay(stage: Stage, interrupted: Promise<unknown>): Promise<void> {
  say('Everything stays up until Ctrl-C. Another terminal can use it:');
  show('export KUBECONFIG', stage.controlPlane.kubeconfig);
  show('tail -f', stage.operator?.log ?? '');
  await interrupted;
}

/** The end of the operator's log says most about a demo that did not go as expected. */
async function tellOperatorLog(stage: Stage): Promise<void> {
  const log = stage.operator === undefined ? '' : await readFile(stage.operator.log, 'utf8').catch(() => '');
  if (log !== '') show('tail operator.log', log.split('\n').slice(-40).join('\n'));
}

async function main(): Promise<void> {
  const interruption = new AbortController();
  const interrupted = Promise.withResolvers<void>();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      process.exitCode = code;
      interruption.abort(new Error(`interrupted by ${signal}`));
      interrupted.resolve();
    });
  }
  try {
    await using stage = await Stage.open(interruption.signal);
    const performance = (async () => {
      await stage.startOperator();
      await play(stage);
      if (process.argv.includes('--stay')) await stay(stage, interrupted.promise);
    })();
    performance.catch(() => {});
    await Promise.race([performance, interrupted.promise]).catch(async (error: unknown) => {
      // Ctrl-C reaches kubectl as well: that it failed then says nothing.
      if (!interruption.signal.aborted) await tellOperatorLog(stage);
      throw error;
    });
    say('Stopping everything');
  } catch (error) {
    if (interruption.signal.aborted) return say('Interrupted');
    process.exitCode = 1;
    return say((error as Error).message);
  }
  if (!interruption.signal.aborted) say('Done: every verdict was as expected');
}

await main();
// The bundler leaves a service process behind that would keep this one waiting.
process.exit();
