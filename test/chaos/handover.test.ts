import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { CONDITION_TYPES } from '../../src/api/conditions.ts';
import type { QlikServer } from '../../src/api/qlikserver.ts';
import { auditEntries } from '../controlplane/audit.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { until } from '../controlplane/until.ts';
import { Api } from '../integration/server/api.ts';
import { Needles } from '../integration/server/needles.ts';
import { applyRelaxedCrds } from '../integration/server/relaxed-crd.ts';
import { CloudWorld } from '../integration/server/cloud-world.ts';
import { type Wishes, World } from '../integration/server/world.ts';
import { bundleOfCommit, hasCommit } from './commit-bundle.ts';
import { ConditionLog } from './condition-log.ts';
import { writesWithoutLease } from './findings.ts';
import { Replica } from './replica.ts';

/** `HANDOVERS=20` for more; each takes five seconds. */
const HANDOVERS = Number(process.env['HANDOVERS'] ?? 4);
/** The version that an upgrade comes from. `BEFORE=<commit>` for another one. */
const BEFORE = process.env['BEFORE'] ?? '33a3ce38387bc80b38c7d0931032d7120ecceee1';
const isUpgrade = await hasCommit(BEFORE);
const others = isUpgrade
  ? BEFORE.slice(0, 12)
  : `this version, as ${BEFORE.slice(0, 12)} is not in the clone`;

if (!isUpgrade && process.env['BEFORE'] !== undefined)
  throw new Error(`BEFORE=${BEFORE} is not in the clone`);

const OFTEN = { interval: '2s', retryInterval: '1s' };

test(
  `${HANDOVERS} handovers between this version and ${others} move no condition`,
  { timeout: 90_000 + HANDOVERS * 15_000 },
  async () => {
    await using stack = new AsyncDisposableStack();
    const binaries = inject('controlPlane').binaries;
    const users = { now: ['system:masters'], before: ['system:masters'] };
    const controlPlane = stack.use(await startControlPlane({ binaries, audit: true, users }));
    const api = new Api(controlPlane);
    stack.defer(() => api.close());
    await applyRelaxedCrds(controlPlane, api);
    const lab = { controlPlane, api, needles: new Needles() };
    const bundle = inject('installation').bundle;
    const folder = await mkdtemp(join(tmpdir(), 'handover-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const versionBefore = isUpgrade
      ? await bundleOfCommit(BEFORE, folder)
      : { script: bundle, conditionTypes: CONDITION_TYPES };

    const before = await Replica.start(controlPlane, 'before', 1, { main: versionBefore.script });
    stack.defer(() => before.stop());
    await until('the version before leads', () => before.isLeader());
    const now = await Replica.start(controlPlane, 'now', 2, { main: bundle });
    stack.defer(() => now.stop());

    const servers = await everyKind(stack, lab);
    const log = await ConditionLog.start(controlPlane, binaries);
    await until('the watch has begun', () => log.versions.length >= servers.length);
    const versions = log.versions.length;
    const events = await eventsOf(api);
    const from = new Date();
    let [leader, other] = [before, now];
    for (let handover = 1; handover <= HANDOVERS; handover += 1) {
      await leader.end('SIGTERM');
      await until('the other one leads', () => other.isLeader());
      await leader.run();
      [leader, other] = [other, leader];
      // As often as it takes for a second opinion, and for what is tried again.
      const checked = leader;
      await until('it has looked at all', () =>
        servers.every(({ place, checks }) => checked.operator.checksOf(place) >= checks),
      );
    }

    // A condition that is new since then comes and goes with the leader.
    const transitions = log.transitions(new Set(versionBefore.conditionTypes));
    console.log(
      `${log.versions.length - versions} versions more, ${transitions.length} transitions; ` +
        `other changes:\n${log.changes.join('\n')}`,
    );
    expect(transitions).toEqual([]);
    expect(await eventsOf(api)).toEqual(events);
    expect(writesWithoutLease(auditEntries(controlPlane))).toEqual([]);
    expect([...before.faults(), ...now.faults()]).toEqual([]);
    expect(auditEntries(controlPlane).filter((entry) => isStatusWrite(entry, from)).length).toBe(
      log.versions.length - versions,
    );
  },
);

interface Kind {
  readonly place: { readonly namespace: string; readonly name: string };
  /** How many checks tell that a leader has come to a verdict of its own. */
  readonly checks: number;
}

/** A server in each state in which servers stay, as told by the version before. */
async function everyKind(
  stack: AsyncDisposableStack,
  lab: Parameters<typeof World.create>[0],
): Promise<readonly Kind[]> {
  const kinds: Kind[] = [];
  const add = async (
    expected: readonly [status: string, reason: string],
    {
      wishes,
      checks = 2,
      ...options
    }: NonNullable<Parameters<typeof World.withServer>[1]> & { checks?: number },
  ): Promise<World> => {
    const world = stack.use(
      await World.withServer(lab, {
        ...options,
        wishes: { ...wishes, checks: { ...OFTEN, ...wishes?.checks } },
      }),
    );
    await world.seeReady(...expected);
    kinds.push({ place: { namespace: world.namespace, name: 'qlik' }, checks });
    return world;
  };
  const readiness: Wishes = { readiness: 'Configured' };
  const passes = ['True', 'ChecksPassed'] as const;
  await add(passes, {});
  await add(['False', 'MissingRole'], { faults: { noRootAdmin: true } });
  await add(['False', 'ClientCertificateRejected'], { faults: { certificateRejected: true } });
  await add(['True', 'ConfigurationValid'], { faults: { portRefused: true }, wishes: readiness });
  const dead = await add(passes, {});
  const stranger = await add(passes, {});
  const suspended = await add(passes, { checks: 0 });
  const cloud = stack.use(await CloudWorld.withServer(lab, { wishes: { checks: OFTEN } }));
  await cloud.seeReady('True', 'ChecksPassed');
  kinds.push({ place: { namespace: cloud.namespace, name: 'qlik' }, checks: 2 });
  await dead.site.setFault('portRefused', true);
  await stranger.site.setFault('untrustedCa', 'browser');
  await suspended.edit({ suspend: true });
  await dead.seeReady('False', 'ConnectionRefused');
  await stranger.seeReady('False', 'UnknownCA');
  await suspended.seeCondition('Suspended', 'True', 'Suspended');
  return kinds;
}

async function eventsOf(api: Api): Promise<readonly string[]> {
  const { items } = await api.get<{
    items: readonly { regarding: QlikServer['metadata']; reason: string }[];
  }>('/apis/events.k8s.io/v1/events');
  return items
    .map(({ regarding, reason }) => `${regarding.namespace}/${regarding.name} ${reason}`)
    .toSorted();
}

function isStatusWrite(
  { verb, objectRef, responseStatus, requestReceivedTimestamp }: ReturnType<typeof auditEntries>[number],
  from: Date,
): boolean {
  return (
    verb === 'update' &&
    objectRef?.resource === 'qlikservers' &&
    responseStatus?.code === 200 &&
    new Date(requestReceivedTimestamp) >= from
  );
}
