import { JOBS } from '../jobs.ts';
import type { Fields } from '../object.ts';
import type { Recording } from './recording.ts';
import { job, podSpec } from './samples.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const LABELLED = { spec: { template: { metadata: { labels: { 'kpimailer.io/qlik-server': 'finance' } } } } };

function setStatus(api: Recording, status: Fields): Promise<unknown> {
  return api.patch(JOBS, 'one', { status }, '/status');
}

function suspended(status: 'True' | 'False'): Fields {
  const at = '2026-01-01T00:00:00Z';
  return { type: 'Suspended', status, reason: 'JobSuspended', lastProbeTime: at, lastTransitionTime: at };
}

/** What the gate relies on in Jobs: who may change what, when, and whether the generation counts it. */
export const JOB_SCENARIOS: readonly Scenario[] = scenarios({
  'defaults of a Job': async (api) => {
    const template = { spec: podSpec() };
    await api.create(JOBS, job('one', { suspend: undefined }));
    await api.create(JOBS, job('queue', { parallelism: 3 }));
    await api.create(JOBS, job('row', { completions: 3 }));
    await api.create(JOBS, job('both', { completions: 3, parallelism: 2, podReplacementPolicy: 'Failed' }));
    await api.create(JOBS, { metadata: { name: 'least' }, spec: { template } });
    await api.create(JOBS, { metadata: { name: 'none' }, spec: {} });
    await api.create(JOBS, { metadata: { name: 'nothing' } });
  },
  'a Job without labels has those of its pods': async (api) => {
    const template = { metadata: { labels: { app: 'report' }, annotations: { a: 'b' } }, spec: podSpec() };
    await api.create(JOBS, job('one', { template }));
    await api.patch(JOBS, 'one', { metadata: { resourceVersion: null } });
    await api.create(JOBS, job('two', { template }, { labels: { own: 'yes' } }));
    await api.patch(JOBS, 'two', { metadata: { labels: null } });
    await api.list(JOBS, { labelSelector: 'app=report' });
  },
  'the first write to a Job whose labels were left out keeps them, and changes the version': async (api) => {
    await api.create(JOBS, job('one'));
    await api.patch(JOBS, 'one', {});
    await api.patch(JOBS, 'one', {});
  },
  'only changes of the spec are counted': async (api) => {
    await api.create(JOBS, job('one'));
    await api.patch(JOBS, 'one', { spec: { suspend: false } });
    await api.patch(JOBS, 'one', { spec: { suspend: false } });
    await api.patch(JOBS, 'one', { spec: { suspend: true }, metadata: { annotations: { a: 'b' } } });
    await api.patch(JOBS, 'one', { metadata: { annotations: { a: 'c' } } });
    await api.patch(JOBS, 'one', { spec: { parallelism: 5 } });
    await api.patch(JOBS, 'one', { spec: { parallelism: null, suspend: null } });
    await api.patch(JOBS, 'one', { spec: { backoffLimit: 0, ttlSecondsAfterFinished: 60 } });
    await setStatus(api, { active: 1 });
    await api.get(JOBS, 'one');
  },
  'what may never be changed': async (api) => {
    const { spec } = await api.create(JOBS, job('one', { completions: 2, parallelism: 1 }));
    await api.patch(JOBS, 'one', { spec: { completions: 3 } });
    await api.patch(JOBS, 'one', { spec: { completions: null } });
    await api.patch(JOBS, 'one', { spec: { selector: { matchLabels: { a: 'b' } } } });
    await api.patch(JOBS, 'one', { spec: { managedBy: 'example.com/other' } });
    await api.patch(JOBS, 'one', { spec: { ...spec, parallelism: 4 } });
    await api.patch(JOBS, 'one', { spec: { podReplacementPolicy: 'Failed' } });
  },
  'wrong values': async (api) => {
    await api.create(JOBS, job('one', { parallelism: -1 }));
    await api.create(JOBS, job('one', { completions: -1 }));
    await api.create(JOBS, job('one', { backoffLimit: -1 }));
    await api.create(JOBS, job('one', { template: { spec: podSpec({ restartPolicy: 'Always' }) } }));
    await api.create(JOBS, job('one', { template: { spec: podSpec({ restartPolicy: undefined }) } }));
    await api.create(JOBS, job('one', { template: { spec: podSpec({ containers: [] }) } }));
    const labels = { 'batch.kubernetes.io/controller-uid': '11111111-1111-4111-8111-111111111111' };
    await api.create(JOBS, job('one', { template: { metadata: { labels }, spec: podSpec() } }));
    await api.create(JOBS, job('one', { selector: { matchLabels: { a: 'b' } } }));
    await api.create(JOBS, job('one'));
    await api.patch(JOBS, 'one', { spec: { parallelism: -1 } });
    await api.patch(JOBS, 'one', {
      spec: { template: { metadata: { labels: { 'kpimailer.io/qlik-server': 'not a value' } } } },
    });
    await api.patch(JOBS, 'one', { spec: { template: { metadata: { labels: { a: 'x'.repeat(64) } } } } });
    await api.patch(JOBS, 'one', { spec: { template: { metadata: { labels: { 'job-name': null } } } } });
  },
  'one that never ran is admitted with a label on its pods': async (api) => {
    const { metadata } = await api.create(JOBS, job('one'));
    const { resourceVersion } = metadata;
    await api.patch(JOBS, 'one', {
      metadata: { resourceVersion, annotations: { 'kpimailer.io/queue-state': 'Admitted' } },
      spec: { ...LABELLED.spec, suspend: false },
    });
    await api.patch(JOBS, 'one', {
      metadata: { resourceVersion },
      spec: { ...LABELLED.spec, suspend: false },
    });
    await api.get(JOBS, 'one');
  },
  'what a suspended one may change in its template': async (api) => {
    await api.create(JOBS, job('one'));
    const change = (template: Fields) => api.patch(JOBS, 'one', { spec: { template } });
    await change({ metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } });
    await change({ metadata: { labels: { a: null } } });
    await change({ spec: { nodeSelector: { disk: 'ssd' } } });
    await change({ spec: { nodeSelector: null } });
    await change({ spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } });
    await change({ spec: { priorityClassName: 'high' } });
    await change({ spec: { terminationGracePeriodSeconds: 5 } });
    await change({ spec: { containers: [{ name: 'main', image: 'another' }] } });
    await change({
      spec: { containers: [{ name: 'main', image: 'none', resources: { requests: { cpu: '1' } } }] },
    });
  },
  'one that runs may not change its template': async (api) => {
    await api.create(JOBS, job('one', { suspend: false }));
    await api.patch(JOBS, 'one', LABELLED);
    await api.patch(JOBS, 'one', { spec: { ...LABELLED.spec, suspend: true } });
    await api.patch(JOBS, 'one', { spec: { suspend: true } });
    await api.patch(JOBS, 'one', LABELLED);
  },
  'one that ran may not change its template until the Job controller has suspended it': async (api) => {
    await api.create(JOBS, job('one'));
    await setStatus(api, { startTime: '2026-01-01T00:00:00Z' });
    await api.patch(JOBS, 'one', LABELLED);
    await setStatus(api, { active: 1, conditions: [suspended('True')] });
    await api.patch(JOBS, 'one', LABELLED);
    await setStatus(api, { active: 0 });
    await api.patch(JOBS, 'one', { spec: { ...LABELLED.spec, suspend: false } });
    await api.patch(JOBS, 'one', { spec: { suspend: true } });
    await setStatus(api, { conditions: [suspended('False')] });
    await api.patch(JOBS, 'one', { spec: { template: { metadata: { labels: { more: 'yes' } } } } });
  },
  'status and spec are written by different requests': async (api) => {
    const made = await api.create(JOBS, { ...job('one'), status: { active: 3 } });
    await api.patch(JOBS, 'one', { status: { active: 3 } });
    await api.patch(JOBS, 'one', { spec: { suspend: false }, status: { active: 1 } }, '/status');
    await api.patch(JOBS, 'one', { metadata: { labels: { by: 'status' } } }, '/status');
    await api.put(JOBS, 'one', { ...made, status: { active: 2 } }, '/status');
    const fresh = await api.get(JOBS, 'one');
    await api.put(JOBS, 'one', { ...fresh, spec: { ...fresh.spec, suspend: false } }, '/status');
    await api.put(JOBS, 'one', { ...fresh, status: undefined });
    await api.get(JOBS, 'one');
  },
  'a deleted one keeps its spec changeable while its finalizer holds it': async (api) => {
    await api.create(JOBS, job('one'));
    await api.delete(JOBS, 'one');
    await api.patch(JOBS, 'one', { spec: { suspend: false } });
    await api.patch(JOBS, 'one', LABELLED);
    await api.create(JOBS, job('one'));
    await api.delete(JOBS, 'one', { propagationPolicy: 'Background' });
    await api.create(JOBS, job('one'));
  },
  'a finalizer of somebody else stays beside that of the garbage collector': async (api) => {
    await api.create(JOBS, job('one', {}, { finalizers: ['example.com/hold'] }));
    await api.delete(JOBS, 'one', { propagationPolicy: 'Foreground' });
    await api.patch(JOBS, 'one', { metadata: { finalizers: ['example.com/hold'] } });
    await api.patch(JOBS, 'one', { metadata: { finalizers: [] } });
    await api.get(JOBS, 'one');
  },
  'methods that there are not': async (api) => {
    await api.create(JOBS, job('one'));
    await api.send(JOBS, 'POST', api.path(JOBS, 'one'));
    await api.send(JOBS, 'PUT', api.path(JOBS, 'one').replace(/\/one$/u, ''));
    await api.send(JOBS, 'PATCH', api.path(JOBS, 'one').replace(/\/one$/u, ''));
    await api.send(JOBS, 'DELETE', `${api.path(JOBS, 'one')}/status`);
  },
});
