import type { CloudTenant } from '../../simulators/cloud/tenant.ts';
import type { OnPremiseSite } from '../../simulators/onpremise/site.ts';
import { say } from '../console.ts';
import { expectCondition } from '../expectations.ts';
import { serversInOrder } from '../resources.ts';
import type { Stage } from '../stage.ts';

/** Milliseconds from a request to its echo, at most. */
const SYNC_LIMIT = 2_000;

/**
 * Apps go at once when they are proved to be gone. No check falls into the scene by chance: one that found the role
 * missing would hold the sync back, which is to find that out by itself.
 */
const WISHES = { appSync: { removalGrace: '0s' }, checks: { interval: '24h' } };

/** Published apps become QlikApps, a new one on request; while the rights are reduced, none is removed. */
export async function catalogue(stage: Stage): Promise<void> {
  await publish(stage);
  await publishAnother(stage);
  await removeWithoutRights(stage);
  await regainRights(stage);
  await stage.show('get events --field-selector=involvedObject.kind=QlikServer');
}

async function publish(stage: Stage): Promise<void> {
  const { site, tenant } = stage;
  say('Publishing apps in streams of the site and in managed spaces of the tenant');
  const lastReloadTime = new Date().toISOString();
  site.addApp({ name: 'Sales overview', stream: 'Everyone', lastReloadTime });
  site.addApp({ name: 'Budget', stream: 'Finance', lastReloadTime });
  tenant.setItems(0);
  addTo(tenant, 'Production', 'Downtime');
  addTo(tenant, 'Sales', 'Churn');
  say('Applying two QlikServers, "finance" for the site and "acme" for the tenant, with removalGrace 0s');
  await stage.apply(...serversInOrder(site, tenant, WISHES));
  await stage.kubectl('wait --for=condition=AppsSynced --timeout=30s qlikserver/finance qlikserver/acme');
  await stage.show('get qlikservers');
  await stage.show('get qlikapps');
  await expectPublished(stage);
}

async function publishAnother(stage: Stage): Promise<void> {
  say('Publishing the app "Draft" of the site and another one of the tenant, and asking for a sync');
  stage.site.publishApp(appNamed(stage.site, 'Draft'));
  addTo(stage.tenant, 'Finance', 'Forecast');
  const took = await syncNow(stage, ['finance', 'acme']);
  await stage.show('get qlikapps');
  await expectPublished(stage);
  if (took > SYNC_LIMIT) throw new Error(`the syncs took ${took} ms; expected at most ${SYNC_LIMIT} ms`);
}

async function removeWithoutRights(stage: Stage): Promise<void> {
  const { site } = stage;
  say(
    'Deleting the app "Budget", and taking the role RootAdmin from the service account: it sees no app now',
  );
  const before = idsOf(site);
  site.removeApp(appNamed(site, 'Budget'));
  await site.setFault('noRootAdmin', true);
  await syncNow(stage, ['finance']);
  await stage.show(
    'get qlikserver finance --output=jsonpath={.status.conditions[?(@.type=="AppsSynced")].message}',
  );
  await stage.show('get qlikapps --selector=kpimailer.io/qlik-server=finance');
  await expectCondition(stage, 'finance', 'AppsSynced', 'False/RightsReduced');
  await expectApps(stage, 'finance', before);
}

async function regainRights(stage: Stage): Promise<void> {
  say('Giving the role back: now it is proved that "Budget" is gone');
  await stage.site.setFault('noRootAdmin', false);
  await syncNow(stage, ['finance']);
  await stage.show('get qlikapps --selector=kpimailer.io/qlik-server=finance');
  await expectCondition(stage, 'finance', 'AppsSynced', 'True/AppsSynced');
  await expectPublished(stage);
}

/** Asks as a user does, and waits for the echo, which comes once the apps are written; returns milliseconds. */
async function syncNow(stage: Stage, servers: readonly string[]): Promise<number> {
  const request = new Date().toISOString();
  await stage.show(
    `annotate qlikserver ${servers.join(' ')} --overwrite kpimailer.io/syncRequestedAt=${request}`,
  );
  const asked = performance.now();
  const names = servers.map((name) => `qlikserver/${name}`).join(' ');
  await stage.kubectl(`wait --for=jsonpath={.status.lastHandledSyncAt}=${request} --timeout=30s ${names}`);
  const took = Math.round(performance.now() - asked);
  say(`Synced after ${took} ms`);
  return took;
}

async function expectPublished(stage: Stage): Promise<void> {
  await expectApps(stage, 'finance', idsOf(stage.site));
  const inTenant = stage.tenant.publishedApps.map(({ resourceId }) => resourceId);
  await expectApps(stage, 'acme', inTenant);
}

async function expectApps(stage: Stage, server: string, wanted: readonly string[]): Promise<void> {
  const selector = `--selector=kpimailer.io/qlik-server=${server}`;
  const found = await stage.kubectl(`get qlikapps ${selector} --output=jsonpath={.items[*].app.id}`);
  const ids = found.split(' ').sort().join(' ');
  const expected = wanted.toSorted().join(' ');
  if (ids !== expected) throw new Error(`"${server}" has the apps ${ids}; expected ${expected}`);
}

function idsOf(site: OnPremiseSite): string[] {
  return site.publishedApps.map(({ id }) => id);
}

function addTo(tenant: CloudTenant, space: string, name: string): void {
  const spaceId = tenant.spaces.find((each) => each.name === space)?.id ?? '';
  const now = Date.now();
  const publishTime = new Date(now).toISOString();
  tenant.addApp({ name, spaceId, publishTime, createdAt: now, updatedAt: now });
}

function appNamed(site: OnPremiseSite, name: string): string {
  const app = site.apps.find((each) => each.name === name);
  if (app === undefined) throw new Error(`the site has no app "${name}"`);
  return app.id;
}
