import { MINIMAL, minimalWith } from '../../integration/crd/specs.ts';
import { PODS } from '../pods.ts';
import { PRIORITY_CLASSES } from '../priority-classes.ts';
import { LEASES, QLIK_SERVERS } from '../resources.ts';
import { EXECUTIONS, job, LEDGERS, pod } from './samples.ts';
import { JOBS } from '../jobs.ts';
import { type Scenario, scenarios } from './scenarios.ts';

function typed({ root, kind }: typeof LEDGERS, object: object): object {
  return { apiVersion: root.replace('/apis/', ''), kind, ...object };
}

const ledger = (fields: object) => typed(LEDGERS, { metadata: { name: 'one' }, ...fields });
const execution = (fields: object) => typed(EXECUTIONS, { metadata: { name: 'one' }, ...fields });
const server = (spec: unknown, name = 'one') => typed(QLIK_SERVERS, { metadata: { name }, spec });

/** What is peculiar to the other kinds. */
export const KIND_SCENARIOS: readonly Scenario[] = scenarios({
  'a ledger has no spec: every change but one of metadata is counted': async (api) => {
    await api.create(LEDGERS, ledger({ readyUid: '', entries: [], status: { free: 'form' } }));
    await api.patch(LEDGERS, 'one', { readyUid: 'a' });
    await api.patch(LEDGERS, 'one', { entries: [{ uid: 'b', weight: 2 }] });
    await api.patch(LEDGERS, 'one', { status: { free: 'changed' } });
    await api.patch(LEDGERS, 'one', { metadata: { annotations: { a: 'b' } } });
    await api.patch(LEDGERS, 'one', { readyUid: null });
    await api.patch(LEDGERS, 'one', { entries: null, status: null });
  },
  'a ledger is swapped against the version it was read at': async (api) => {
    const read = await api.create(LEDGERS, ledger({ entries: [] }));
    await api.put(LEDGERS, 'one', { ...read, entries: [{ uid: 'a' }] });
    await api.put(LEDGERS, 'one', { ...read, entries: [{ uid: 'b' }] });
    const { resourceVersion } = read.metadata;
    await api.patch(LEDGERS, 'one', { metadata: { resourceVersion }, entries: [{ uid: 'b' }] });
    await api.delete(LEDGERS, 'one');
    await api.put(LEDGERS, 'one', { ...read, entries: [{ uid: 'c' }] });
    await api.patch(LEDGERS, 'one', { metadata: { resourceVersion }, entries: [{ uid: 'c' }] });
    await api.create(LEDGERS, ledger({ entries: [{ uid: 'd' }] }));
    await api.put(LEDGERS, 'one', { ...read, entries: [{ uid: 'e' }] });
  },
  'status of an execution is written by its own requests': async (api) => {
    await api.create(EXECUTIONS, execution({ spec: { a: 1 }, status: { admitted: true }, other: 1 }));
    await api.patch(EXECUTIONS, 'one', { status: { admitted: true } });
    await api.patch(EXECUTIONS, 'one', { status: { admitted: true } }, '/status');
    await api.patch(EXECUTIONS, 'one', { status: { admitted: true } }, '/status');
    await api.patch(
      EXECUTIONS,
      'one',
      { spec: { a: 2 }, metadata: { labels: { a: 'b' } }, status: { b: 1 } },
      '/status',
    );
    await api.patch(EXECUTIONS, 'one', { spec: { a: 2 }, status: null });
    await api.patch(EXECUTIONS, 'one', { other: 2 });
    const read = await api.get(EXECUTIONS, 'one');
    await api.put(EXECUTIONS, 'one', { ...read, status: { admitted: false } }, '/status');
    await api.put(EXECUTIONS, 'one', { ...read, status: { admitted: true } }, '/status');
    await api.patch(EXECUTIONS, 'one', { status: null }, '/status');
    await api.patch(EXECUTIONS, 'none', { status: {} }, '/status');
  },
  'status of an execution, with the version it was read at': async (api) => {
    const { metadata } = await api.create(EXECUTIONS, execution({ spec: { a: 1 } }));
    const { resourceVersion } = metadata;
    await api.patch(
      EXECUTIONS,
      'one',
      { metadata: { resourceVersion }, status: { admitted: true } },
      '/status',
    );
    await api.patch(
      EXECUTIONS,
      'one',
      { metadata: { resourceVersion }, status: { admitted: false } },
      '/status',
    );
  },
  'a QlikServer gets its defaults, and an unseen status': async (api) => {
    await api.create(QLIK_SERVERS, server(MINIMAL));
    await api.patch(QLIK_SERVERS, 'one', { spec: { suspend: true } });
    await api.patch(QLIK_SERVERS, 'one', { spec: { suspend: null } });
    await api.patch(QLIK_SERVERS, 'one', { spec: { checks: { interval: '1m' } } });
    await api.patch(QLIK_SERVERS, 'one', { status: { observedGeneration: 4 } }, '/status');
    await api.patch(QLIK_SERVERS, 'one', { status: { observedGeneration: 4 } }, '/status');
    await api.patch(QLIK_SERVERS, 'one', { metadata: { annotations: { a: 'b' } } });
    await api.patch(QLIK_SERVERS, 'one', { status: null }, '/status');
  },
  'the first write to a QlikServer keeps its unseen status, and changes the version': async (api) => {
    const { metadata } = await api.create(QLIK_SERVERS, server(MINIMAL));
    await api.patch(QLIK_SERVERS, 'one', {});
    await api.patch(QLIK_SERVERS, 'one', {});
    await api.delete(QLIK_SERVERS, 'one', { preconditions: { uid: metadata.uid } });
  },
  'a QlikServer that is wrong': async (api) => {
    await api.create(QLIK_SERVERS, server(minimalWith({ type: 'Cloud' })));
    await api.create(QLIK_SERVERS, server(minimalWith({ 'checks.interval': 'often' })));
    await api.create(QLIK_SERVERS, server(MINIMAL, `a${'b'.repeat(63)}`));
    await api.create(QLIK_SERVERS, server(minimalWith({ unknown: 1, 'checks.unknown': 1 })));
    await api.patch(QLIK_SERVERS, 'one', { spec: { readiness: 'Never' } });
    await api.patch(QLIK_SERVERS, 'one', { spec: null });
  },
  'a PUT makes a Lease that is missing': async (api) => {
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'one' } };
    const made = await api.put(LEASES, 'one', { ...lease, spec: { holderIdentity: 'a' } });
    await api.patch(LEASES, 'one', { spec: { renewTime: '2026-01-01T00:00:00.000000Z' } });
    await api.put(LEASES, 'one', { ...made, spec: { holderIdentity: 'b' } });
    const { resourceVersion } = made.metadata;
    await api.patch(LEASES, 'one', { metadata: { resourceVersion }, spec: { holderIdentity: 'b' } });
    await api.patch(LEASES, 'two', { spec: { holderIdentity: 'b' } });
    const { uid } = made.metadata;
    await api.put(LEASES, 'two', { ...lease, metadata: { name: 'two', uid, resourceVersion } });
    await api.put(LEASES, 'two', { ...lease, metadata: { name: 'two', resourceVersion } });
  },
  'a PriorityClass keeps its value': async (api) => {
    const name = `${api.namespace}-high`;
    const apiVersion = 'scheduling.k8s.io/v1';
    await api.create(PRIORITY_CLASSES, {
      apiVersion,
      kind: 'PriorityClass',
      metadata: { name },
      value: 1000,
    });
    await api.get(PRIORITY_CLASSES, name);
    await api.patch(PRIORITY_CLASSES, name, { value: 2000 });
    await api.patch(PRIORITY_CLASSES, name, { metadata: { labels: { a: 'b' } } });
    await api.create(PODS, pod('one', { priorityClassName: name }));
    await api.create(JOBS, job('one', { template: { spec: pod('', { priorityClassName: name })['spec'] } }));
    await api.delete(PRIORITY_CLASSES, name);
    await api.create(PODS, pod('two', { priorityClassName: name }));
    await api.create(PRIORITY_CLASSES, { metadata: { name }, value: 5 });
    await api.create(PRIORITY_CLASSES, { metadata: { name }, value: 5 });
  },
});
