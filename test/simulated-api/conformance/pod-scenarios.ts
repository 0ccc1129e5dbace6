import { TRACKING_FINALIZER } from '../job.ts';
import { PODS } from '../pods.ts';
import { pod } from './samples.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const BOUND = { nodeName: 'node' };

/** How pods end. */
export const POD_SCENARIOS: readonly Scenario[] = scenarios({
  'a pod that no node runs goes at once': async (api) => {
    await api.create(PODS, pod('one'));
    await api.delete(PODS, 'one');
    await api.get(PODS, 'one');
    await api.create(PODS, pod('one'));
    await api.delete(PODS, 'one', { gracePeriodSeconds: 60 });
    await api.get(PODS, 'one');
  },
  'a pod that a node runs waits for it': async (api) => {
    await api.create(PODS, pod('one', BOUND));
    await api.delete(PODS, 'one');
    await api.get(PODS, 'one');
    await api.delete(PODS, 'one');
    await api.create(PODS, pod('one'));
    await api.delete(PODS, 'one', { gracePeriodSeconds: 0 });
    await api.get(PODS, 'one');
  },
  'its grace period is its own or that of the request, and only gets shorter': async (api) => {
    await api.create(PODS, pod('one', { ...BOUND, terminationGracePeriodSeconds: 600 }));
    await api.delete(PODS, 'one');
    await api.delete(PODS, 'one', { gracePeriodSeconds: 900 });
    await api.delete(PODS, 'one', { gracePeriodSeconds: 300 });
    await api.delete(PODS, 'one', undefined, { gracePeriodSeconds: '200' });
    await api.create(PODS, pod('two', BOUND));
    await api.delete(PODS, 'two', { gracePeriodSeconds: 5 });
    await api.create(PODS, pod('three', BOUND));
    await api.delete(PODS, 'three', { gracePeriodSeconds: 0 });
    await api.get(PODS, 'three');
    await api.create(PODS, pod('four', BOUND));
    await api.delete(PODS, 'four', { gracePeriodSeconds: -1 });
  },
  'a pod that has ended goes at once': async (api) => {
    for (const phase of ['Succeeded', 'Failed']) {
      await api.create(PODS, pod('one', BOUND));
      await api.patch(PODS, 'one', { status: { phase } }, '/status');
      await api.delete(PODS, 'one');
      await api.get(PODS, 'one');
    }
  },
  'a pod that ends while it is deleted still waits for its node': async (api) => {
    await api.create(PODS, pod('one', BOUND));
    await api.delete(PODS, 'one');
    await api.patch(PODS, 'one', { status: { phase: 'Failed' } }, '/status');
    await api.delete(PODS, 'one');
    await api.get(PODS, 'one');
    await api.delete(PODS, 'one', { gracePeriodSeconds: 0, preconditions: { uid: 'another' } });
    await api.delete(PODS, 'one', { gracePeriodSeconds: 0 });
    await api.get(PODS, 'one');
  },
  'a pod of a Job is kept until the Job has counted it': async (api) => {
    const finalizers = [TRACKING_FINALIZER];
    await api.create(PODS, pod('one', {}, { finalizers }));
    await api.delete(PODS, 'one');
    await api.patch(PODS, 'one', { status: { phase: 'Failed' } }, '/status');
    await api.patch(PODS, 'one', { metadata: { finalizers: [] } });
    await api.get(PODS, 'one');
    await api.create(PODS, pod('two', BOUND, { finalizers }));
    await api.delete(PODS, 'two');
    await api.patch(PODS, 'two', { metadata: { finalizers: null } });
    await api.delete(PODS, 'two', { gracePeriodSeconds: 0 });
    await api.get(PODS, 'two');
    await api.create(PODS, pod('three', BOUND, { finalizers }));
    await api.delete(PODS, 'three');
    await api.delete(PODS, 'three', { gracePeriodSeconds: 0 });
    await api.delete(PODS, 'three', { gracePeriodSeconds: 0 });
    await api.patch(PODS, 'three', { metadata: { finalizers: null } });
    await api.get(PODS, 'three');
  },
  'a scheduler binds a pod once': async (api) => {
    await api.create(PODS, pod('one'));
    await api.bind(PODS, 'one');
    await api.get(PODS, 'one');
    await api.bind(PODS, 'one');
    await api.bind(PODS, 'none');
    await api.delete(PODS, 'one');
    await api.create(PODS, pod('two', {}, { finalizers: [TRACKING_FINALIZER] }));
    await api.delete(PODS, 'two');
    await api.bind(PODS, 'two');
  },
  'the phase is set by the status alone': async (api) => {
    await api.create(PODS, { ...pod('one', BOUND), status: { phase: 'Running' } });
    await api.patch(PODS, 'one', { status: { phase: 'Running' } });
    await api.patch(PODS, 'one', { status: { phase: 'Running' } }, '/status');
    await api.patch(PODS, 'one', { status: { phase: 'Running' } }, '/status');
    await api.patch(PODS, 'one', { metadata: { labels: { by: 'status' } } }, '/status');
    await api.get(PODS, 'one');
  },
  'a status write leaves the owner alone': async (api) => {
    const uid = '11111111-1111-4111-8111-111111111111';
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'a', uid, controller: true }];
    await api.create(PODS, pod('one', BOUND, { ownerReferences }));
    await api.patch(
      PODS,
      'one',
      { metadata: { ownerReferences: [] }, status: { phase: 'Running' } },
      '/status',
    );
    await api.get(PODS, 'one');
  },
  'a pod of an unknown PriorityClass is refused': async (api) => {
    await api.create(PODS, pod('one', { priorityClassName: 'unknown' }));
    await api.create(PODS, pod('one', { priorityClassName: 'system-node-critical' }));
    await api.create(PODS, pod('two', { containers: [] }));
  },
});
