import { describe, expect, test } from 'vitest';
import { CLOUD_SCENARIOS } from './cloud-scenarios.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { proveCloud, proveSite } from './scenario.ts';
import { SITE_SCENARIOS } from './site-scenarios.ts';
import { shortly } from './conditions.ts';
import { World } from './world.ts';

const lab = useLab({ preload: new URL('../../fakes/name-server.ts', import.meta.url).href });

describe.concurrent('on-premise', () => {
  test.for(SITE_SCENARIOS)('$name', async (scenario) => {
    const { seen, expected } = await proveSite(lab(), scenario);
    expect(seen).toEqual(expected);
  });
});

describe.concurrent('in the cloud', () => {
  test.for(CLOUD_SCENARIOS)('$name', async (scenario) => {
    const { seen, expected } = await proveCloud(lab(), scenario);
    expect(seen).toEqual(expected);
  });
});

describe.concurrent('after good connections', () => {
  // The simulator keeps its ticket keys: its own tests show that whoever resumes a TLS session sees neither.
  test.each([
    [{ trustWithdrawn: true }, 'Authenticated', 'ClientCertificateRejected'],
    [{ serverCertificate: 'expired' }, 'ServerReachable', 'ServerCertificateExpired'],
  ] as const)('%o shows in the next check, and no later', async (faults, at, reason) => {
    await using world = await World.withServer(lab());
    const { metadata } = await world.seeReady('True', 'ChecksPassed');
    await world.request('warm');
    await world.see('a second good check', ({ status }) => status?.lastHandledReconcileAt === 'warm');
    await world.site.setFaults(faults);
    const before = lab().operator.checksOf(metadata);
    await world.request('now');
    const server = await world.see('an echo', ({ status }) => status?.lastHandledReconcileAt === 'now');
    expect(lab().operator.checksOf(metadata)).toBe(before + 1);
    expect(shortly(server)).toMatchObject({ [at]: `False/${reason}`, Ready: 'True/ChecksPassed' });
  });

  test('too many sessions keep the verdict: nothing speaks against it', async () => {
    await using world = await World.withServer(lab());
    const before = await world.seeReady('True', 'ChecksPassed');
    const tickets = world.site.requests('POST /qps/kpi/ticket');
    for (let number = 0; number < 3; number += 1) world.site.openSession();
    await world.request('now');
    const server = await world.see('an echo', ({ status }) => status?.lastHandledReconcileAt === 'now');
    expect(server.status?.conditions).toEqual(before.status?.conditions);
    expect(world.site.requests('POST /qps/kpi/ticket')).toBe(tickets);
    expect(world.site.sessions).toHaveLength(3);
  });
});

describe.concurrent('two proxy nodes behind a balancer that takes turns', () => {
  const balanced = async (ticketsShared: boolean) => {
    const world = await World.create(lab(), {
      faults: { secondProxyNode: true, nonStickyBalancer: true, ticketsShared },
    });
    await world.createSecret();
    await world.createTrust();
    // The second node is 127.0.0.1: only as a host that the spec names is it known.
    await world.createServer({
      onPremise: { repositoryService: { host: '127.0.0.1', port: world.site.repositoryPort } },
    });
    return world;
  };
  const PROVED = 'True/NotAllNodesProven';
  const verdictsOf = async (world: World) => {
    await world.seeReady('True', 'ChecksPassed');
    const verdicts: (string | undefined)[] = [];
    for (const number of ['1', '2', '3']) {
      await world.request(number);
      const server = await world.see('an echo', ({ status }) => status?.lastHandledReconcileAt === number);
      verdicts.push(shortly(server)['VirtualProxyReady']);
    }
    return verdicts;
  };

  test('are proved each time where they share their tickets', async () => {
    await using world = await balanced(true);
    expect(await verdictsOf(world)).toEqual([PROVED, PROVED, PROVED]);
  });

  // Redeemed at serverUrl alone, a ticket may come on a bad turn, and a second one as well.
  test('are proved each time where each knows its own tickets alone', async () => {
    await using world = await balanced(false);
    expect(await verdictsOf(world)).toEqual([PROVED, PROVED, PROVED]);
  });
});

searchForSecrets(lab);
