import { isDeepStrictEqual } from 'node:util';
import { until } from '../../controlplane/until.ts';
import { say } from '../console.ts';
import { expectCondition } from '../expectations.ts';
import { priorityClass, reportJob } from '../jobs.ts';
import { serversInOrder } from '../resources.ts';
import { SlotsInUse } from '../slots-in-use.ts';
import type { Stage } from '../stage.ts';

/** No check falls into the scene by chance. */
const WISHES = { maxParallelExecutions: 2, checks: { interval: '24h' } };

/** Figures that say neither "empty" nor "full" are half a minute old at most. */
const PATIENCE = { deadlineMs: 45_000, everyMs: 200 };

const JOB_COLUMNS = [
  'NAME:.metadata.name',
  'PRIORITY:.spec.template.spec.priorityClassName',
  String.raw`SLOTS:.metadata.labels.kpimailer\.io/slots`,
  String.raw`QUEUE-STATE:.metadata.annotations.kpimailer\.io/queue-state`,
  'SUCCEEDED:.status.succeeded',
].join(',');

interface Job {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly status: { readonly succeeded?: number };
}

/** Jobs wait for their slots, run in order, and never beyond the limit, which is raised while they run. */
export async function cap(stage: Stage): Promise<void> {
  const slots = await SlotsInUse.watch(stage.controlPlane);
  await fill(stage);
  await expectMost(slots, { now: 2, most: 2 });
  await passBy(stage);
  await waitForTwoSlots(stage);
  await expectMost(slots, { now: 1, most: 2 });
  await raise(stage);
  await expectMost(slots, { now: 4, most: 4 });
  await drain(stage);
  await expectMost(slots, { now: 0, most: 4 });
  say('Pods, which kubectl has counted beside the operator, took 2 slots at most, and 4 after the change');
}

async function fill(stage: Stage): Promise<void> {
  say('Applying two QlikServers, "finance" for the site and "acme" for the tenant, with two slots each');
  await stage.apply(...serversInOrder(stage.site, stage.tenant, WISHES));
  await stage.kubectl('wait --for=condition=AppsSynced --timeout=30s qlikserver/finance qlikserver/acme');
  say(
    'Creating Jobs for "finance": "portfolio" needs two slots, "archive" three, and "year-end", the last, is',
  );
  say('urgent. Before the first one is admitted, the operator looks for ten seconds who runs already');
  await stage.apply(
    priorityClass('urgent', 1000),
    reportJob('archive', { slots: 3 }),
    reportJob('invoices'),
    reportJob('portfolio', { slots: 2 }),
    reportJob('stock'),
    reportJob('turnover'),
    reportJob('year-end', { priorityClassName: 'urgent' }),
  );
  await seeRunning(stage, '2/2 (3 queued)');
  await expectJobs(stage, {
    Admitted: 'invoices year-end',
    Queued: 'portfolio stock turnover',
    'Refused:WiderThanLimit': 'archive',
  });
  await expectCondition(stage, 'finance', 'Ready', 'True/ChecksPassed');
  await expectCondition(stage, 'finance', 'ExecutionsWithinLimit', 'True/WithinLimit');
}

async function passBy(stage: Stage): Promise<void> {
  say('Trying to pass the queue by, which a policy of the chart refuses');
  await stage.showRefused('patch job stock --type=merge --patch={"spec":{"suspend":false}}');
}

async function waitForTwoSlots(stage: Stage): Promise<void> {
  say('Ending "year-end": one slot is free, "portfolio" needs two, and nobody passes it by');
  await end(stage, 'year-end');
  await seeRunning(stage, '1/2 (3 queued)');
  await expectJobs(stage, {
    Complete: 'year-end',
    Admitted: 'invoices',
    Queued: 'portfolio stock turnover',
    'Refused:WiderThanLimit': 'archive',
  });
}

async function raise(stage: Stage): Promise<void> {
  say('Raising the limit while "invoices" runs: now "archive" fits, and it came first');
  const before = await podsOf(stage, 'invoices');
  await stage.show('patch qlikserver finance --type=merge --patch={"spec":{"maxParallelExecutions":4}}');
  await seeRunning(stage, '4/4 (3 queued)');
  await expectJobs(stage, {
    Complete: 'year-end',
    Admitted: 'archive invoices',
    Queued: 'portfolio stock turnover',
  });
  const after = await podsOf(stage, 'invoices');
  if (after !== before) throw new Error(`the pod of "invoices" was ${before} and is ${after}`);
}

async function drain(stage: Stage): Promise<void> {
  say('Ending "invoices" and "archive": the others have their turn');
  await end(stage, 'invoices');
  await seeRunning(stage, '3/4 (3 queued)');
  await end(stage, 'archive');
  await seeRunning(stage, '4/4');
  await expectJobs(stage, { Complete: 'archive invoices year-end', Admitted: 'portfolio stock turnover' });
  for (const job of ['portfolio', 'stock', 'turnover']) await end(stage, job);
  await seeRunning(stage, '0/4');
  await stage.show('get jobs,pods');
  const phases = await stage.kubectl('get pods --output=jsonpath={.items[*].status.phase}');
  if (phases !== 'Succeeded '.repeat(6).trim())
    throw new Error(`the pods are ${phases}; expected one of each Job, and that it succeeded`);
}

/** As if the report was written: kwok ends its pod, and the Job controller sees it. */
async function end(stage: Stage, job: string): Promise<void> {
  await stage.show(`annotate pods --selector=batch.kubernetes.io/job-name=${job} report=written`);
  await stage.kubectl(`wait --for=condition=Complete --timeout=30s job/${job}`);
}

/** Waits for the column RUNNING of "finance", and shows it with the Jobs. */
async function seeRunning(stage: Stage, summary: string): Promise<void> {
  const read = () => stage.kubectl('get qlikserver finance --output=jsonpath={.status.executions.summary}');
  let found = '';
  await until(summary, async () => (found = await read()) === summary, PATIENCE).catch((cause: unknown) => {
    throw new Error(`RUNNING of "finance" is "${found}"; expected "${summary}"`, { cause });
  });
  await stage.show('get qlikservers');
  await stage.show(`get jobs --output=custom-columns=${JOB_COLUMNS}`);
}

/** Throws unless these Jobs, and no others, are in these states. The operator tells figures when all else is done. */
async function expectJobs(stage: Stage, wanted: Readonly<Record<string, string>>): Promise<void> {
  const { items } = JSON.parse(await stage.kubectl('get jobs --output=json')) as {
    readonly items: readonly Job[];
  };
  const found: Record<string, string> = {};
  for (const job of items)
    found[stateOf(job)] = [found[stateOf(job)], job.metadata.name].filter(Boolean).join(' ');
  if (!isDeepStrictEqual(found, wanted))
    throw new Error(`the Jobs are ${JSON.stringify(found)}; expected ${JSON.stringify(wanted)}`);
}

function stateOf({ metadata, status }: Job): string {
  return status.succeeded === 1 ? 'Complete' : `${metadata.annotations['kpimailer.io/queue-state']}`;
}

async function expectMost(slots: SlotsInUse, { now, most }: { now: number; most: number }): Promise<void> {
  const found = await slots.see(now);
  if (found !== most) throw new Error(`pods took ${found} slots at once; expected ${most} at most`);
}

/** Names and starts of the pods of a Job: another pod, or one that was started again, is a disturbance. */
function podsOf(stage: Stage, job: string): Promise<string> {
  const selector = `--selector=batch.kubernetes.io/job-name=${job}`;
  return stage.kubectl(
    `get pods ${selector} --output=jsonpath={.items[*].metadata.name}@{.items[*].status.startTime}`,
  );
}
