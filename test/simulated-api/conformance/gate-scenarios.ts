import { LEDGER_FORMAT, type LedgerRecord } from '../../../src/api/qlikexecutionledger.ts';
import type { QlikExecution } from '../../../src/api/qlikexecution.ts';
import { API_VERSION, SERVER_LABEL } from '../../../src/api/group.ts';
import { readServer } from '../../../src/reconcilers/server/status.ts';
import type { Job as GateJob } from '../../../src/reconcilers/executions/job.ts';
import { Ledgers } from '../../../src/reconcilers/executions/ledgers.ts';
import { Listings } from '../../../src/reconcilers/executions/listings.ts';
import { Pods } from '../../../src/reconcilers/executions/pods.ts';
import { SlotLeases } from '../../../src/reconcilers/executions/slot-leases.ts';
import { Writes } from '../../../src/reconcilers/executions/writes.ts';
import { MINIMAL } from '../../integration/crd/specs.ts';
import { JOBS } from '../jobs.ts';
import { PODS } from '../pods.ts';
import { LEASES, QLIK_EXECUTIONS, QLIK_SERVERS } from '../resources.ts';
import type { Recording } from './recording.ts';
import { job, pod } from './samples.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const LABELS = { [SERVER_LABEL]: 'finance' };
const NOW = Date.UTC(2026, 0, 1);

/** That it is refused is written down, and all there is to say. */
async function tried(request: Promise<unknown>): Promise<void> {
  await request.catch(() => undefined);
}

async function createJob(api: Recording): Promise<GateJob> {
  return (await api.create(JOBS, job('one', {}, { labels: LABELS }))) as unknown as GateJob;
}

async function createExecution(api: Recording): Promise<QlikExecution> {
  const spec = { serverRef: { name: 'finance' }, leaseDurationSeconds: 10 };
  const body = { apiVersion: API_VERSION, kind: 'QlikExecution', metadata: { name: 'one' }, spec };
  return (await api.create(QLIK_EXECUTIONS, body)) as unknown as QlikExecution;
}

/** The requests of the gate, sent by its own code. */
export const GATE_SCENARIOS: readonly Scenario[] = scenarios({
  'a Job is queued, touched and admitted, each as it was read': async (api) => {
    const writes = new Writes(api);
    const made = await createJob(api);
    const queued = await writes.setQueueState(made, 'Queued', NOW);
    const touched = await writes.touchJob(queued);
    await tried(writes.admitJob(queued, 'default/finance'));
    await tried(writes.touchJob(made));
    const admitted = await writes.admitJob(touched, 'default/finance');
    await tried(writes.admitJob(touched, 'default/finance'));
    await writes.setQueueState(admitted, 'Held', NOW);
    await writes.readJob(made.metadata);
    await api.delete(JOBS, 'one', { propagationPolicy: 'Background' });
    await tried(writes.admitJob(admitted, 'default/finance'));
    await tried(writes.readJob(made.metadata));
  },
  'a QlikExecution is queued, touched, admitted and expired, each as it was read': async (api) => {
    const writes = new Writes(api);
    const made = await createExecution(api);
    const queued = await writes.refuseExecution(made, { reason: 'Queued', message: 'waits' }, NOW);
    const touched = await writes.touchExecution(queued);
    await tried(writes.admitExecution(queued, NOW));
    const admitted = await writes.admitExecution(touched, NOW);
    await tried(writes.touchExecution(touched));
    const expired = await writes.expireExecution(admitted, NOW);
    await api.patch(QLIK_EXECUTIONS, 'one', { spec: { slots: 2 } });
    await writes.endExecution(expired, NOW);
    await writes.readExecution(made.metadata);
  },
  'a ledger is made, filled and removed, each by the version it rests on': async (api) => {
    const ledgers = new Ledgers(api, api.namespace);
    const server = 'qlik/finance';
    await ledgers.read(server);
    const made = await ledgers.create(server);
    await ledgers.create(server);
    const entry = { kind: 'Job', uid: 'a', namespace: 'qlik', name: 'one', weight: 1, attempt: 1 } as const;
    const record: LedgerRecord = {
      formatVersion: LEDGER_FORMAT,
      readyUid: made!.metadata.uid,
      server: { uid: 's', generation: 1 },
      limit: 2,
      entries: [{ ...entry, since: '2026-01-01T00:00:00.000Z' }],
    };
    const filled = await ledgers.cas(server, made!, record);
    await ledgers.cas(server, made!, { ...record, limit: 3 });
    await ledgers.cas(server, filled!, filled!.ledger);
    await ledgers.cas(server, filled!, { ...record, entries: [] });
    await ledgers.list();
    await ledgers.remove(server, filled!);
    await ledgers.remove(server, (await ledgers.read(server))!);
    await ledgers.read(server);
  },
  'what runs is looked for': async (api) => {
    const made = await createJob(api);
    await createExecution(api);
    const uid = '22222222-2222-4222-8222-222222222222';
    const ofJob = { labels: { ...LABELS, 'batch.kubernetes.io/controller-uid': uid } };
    const { metadata } = await api.create(PODS, pod('one', {}, ofJob));
    const listings = new Listings(api, [api.namespace]);
    await listings.jobs();
    await listings.executions();
    const pods = new Pods(api, [api.namespace]);
    const at = { uid: metadata.uid, namespace: api.namespace, name: 'one' };
    await pods.areGone({ uid, namespace: api.namespace });
    await pods.areGone(made.metadata);
    await pods.ofServer('finance');
    await pods.ofServer('other');
    await pods.hasEnded(at);
    await api.patch(PODS, 'one', { status: { phase: 'Succeeded' } }, '/status');
    await pods.areGone({ uid, namespace: api.namespace });
    await pods.hasEnded(at);
    await pods.hasEnded({ ...at, name: 'none' });
  },
  'a QlikServer and the Lease of a slot are read': async (api) => {
    const key = `${api.namespace}/finance`;
    await readServer(api, key);
    const kind = { apiVersion: API_VERSION, kind: 'QlikServer' };
    await api.create(QLIK_SERVERS, { ...kind, metadata: { name: 'finance' }, spec: MINIMAL });
    await api.patch(QLIK_SERVERS, 'finance', { spec: { maxParallelExecutions: 2 } });
    await readServer(api, key);
    const execution = await createExecution(api);
    const leases = new SlotLeases(api, () => 0);
    await leases.remaining(execution);
    await api.create(LEASES, { metadata: { name: 'one' } });
    await api.patch(LEASES, 'one', { spec: { renewTime: '2026-01-01T00:00:00.000000Z' } });
    await new SlotLeases(api, () => 0).remaining(execution);
  },
});
