import { CONTROLLER_UID } from '../job.ts';
import { JOBS } from '../jobs.ts';
import type { ApiObject } from '../object.ts';
import { PODS } from '../pods.ts';
import type { Recording } from './recording.ts';
import { EXECUTIONS, job, LEDGERS, pod } from './samples.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const SELECTORS = [
  'server=finance',
  'server=hr,wide=',
  'wide=yes,server=finance',
  'example.com/long.name=a',
  'nothing=at-all',
  '',
];

async function createPods(api: Recording): Promise<void> {
  const labels = [
    { server: 'finance' },
    { server: 'finance', wide: 'yes' },
    { server: 'hr', wide: '', 'example.com/long.name': 'a' },
    {},
    { 'example.com/long.name': 'b' },
  ];
  for (const [index, one] of labels.entries())
    await api.create(PODS, pod(`pod-${index}`, {}, { labels: one }));
}

export const LIST_SCENARIOS: readonly Scenario[] = scenarios({
  'label selectors': async (api) => {
    await createPods(api);
    for (const labelSelector of SELECTORS) await api.list(PODS, { labelSelector });
  },
  'the pods of a Job by its uid': async (api) => {
    const { metadata } = await api.create(JOBS, job('one'));
    await api.create(PODS, pod('of-one', {}, { labels: { [CONTROLLER_UID]: metadata.uid } }));
    await api.create(PODS, pod('of-none'));
    await api.list(PODS, { labelSelector: `${CONTROLLER_UID}=${metadata.uid}` });
  },
  'an empty list, and kinds in lists': async (api) => {
    await api.list(JOBS);
    await api.list(LEDGERS);
    await api.create(JOBS, job('one'));
    await api.create(EXECUTIONS, {
      apiVersion: 'conformance.kpimailer.io/v1alpha1',
      kind: 'QlikExecution',
      metadata: { name: 'one' },
    });
    await api.list(JOBS);
    await api.list(EXECUTIONS);
  },
  'all namespaces at once': async (api) => {
    await api.create(JOBS, job('one', {}, { labels: { run: api.namespace } }));
    await api.listAllNamespaces(JOBS, { labelSelector: `run=${api.namespace}` });
  },
  'page by page, all as of the first page': async (api) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await api.create(JOBS, job(name));
    const first = await api.list(JOBS, { limit: '2' });
    await api.delete(JOBS, 'c', { propagationPolicy: 'Background' });
    await api.patch(JOBS, 'd', { metadata: { labels: { a: 'b' } } });
    await api.create(JOBS, job('f'));
    const second = await api.list(JOBS, { limit: '2', continue: continueOf(first) });
    await api.list(JOBS, { limit: '2', continue: continueOf(second) });
    await api.list(JOBS, { limit: '100' });
  },
  'page by page with a selector': async (api) => {
    await createPods(api);
    const query = { limit: '1', labelSelector: 'server=finance' };
    const first = await api.list(PODS, query);
    const second = await api.list(PODS, { ...query, continue: continueOf(first) });
    await api.list(PODS, { ...query, continue: continueOf(second) });
  },
  'a list is never older than a write that was answered': async (api) => {
    const { metadata } = await api.create(PODS, pod('one'));
    await api.patch(PODS, 'one', { metadata: { labels: { a: 'b' } } });
    await api.list(PODS);
    await api.delete(PODS, 'one', { preconditions: { uid: metadata.uid } });
    await api.list(PODS);
  },
});

function continueOf({ metadata }: ApiObject): string {
  return String((metadata as { continue?: unknown }).continue);
}
