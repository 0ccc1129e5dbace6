import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import type { QlikConnection } from '../../../src/qlik/connector.ts';
import { failureOf } from '../../../src/qlik/failure.ts';
import { AppWriter } from '../../../src/reconcilers/apps/app-writer.ts';
import { syncApps, type SyncResult } from '../../../src/reconcilers/apps/sync.ts';
import { WriteBudget } from '../../../src/reconcilers/apps/write-budget.ts';
import { QlikAppApi } from '../../fakes/qlikapp-api.ts';
import type { Faults as TenantFaults } from '../../simulators/cloud/faults.ts';
import { type CloudTenant, startCloudTenant } from '../../simulators/cloud/tenant.ts';
import type { Faults as SiteFaults } from '../../simulators/onpremise/faults.ts';
import { type OnPremiseSite, startOnPremiseSite } from '../../simulators/onpremise/site.ts';
import { exampleServer } from '../server/examples.ts';
import { materialFor, materialForTenant } from './connect.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40);
const PLACES = ['Marketing', 'Finance'] as const;

/** A change of the apps while they are listed, just before the request of that number. */
interface Change {
  readonly request: number;
  readonly what: 'publish' | 'remove' | 'rename' | 'move';
  readonly which: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  request: fc.nat(30),
  what: fc.constantFrom('publish', 'remove', 'rename', 'move'),
  which: fc.nat(40),
});

interface Round<Faults> {
  readonly changes: readonly Change[];
  /** Of the server, from that request to the end of the sync. */
  readonly faults: { readonly request: number; readonly faults: Partial<Faults> };
}

/** A Qlik server whose apps and faults can be changed from within a request. */
interface Subject<Faults> {
  readonly type: 'OnPremise' | 'Cloud';
  readonly connection: QlikConnection;
  /** Names of the published apps by id. */
  readonly published: ReadonlyMap<string, string>;
  /** With so many published apps, and pages that are short. */
  reset(apps: number, pageLimit: number): Promise<void>;
  apply(change: Change): void;
  setFaults(faults: Partial<Faults>): void;
  mend(): Promise<void>;
  beforeEach(happen: () => void): void;
}

/** Keeps QlikApps of the subject; tells which of them were removed though they were published all the time. */
class Keeper<Faults> {
  readonly #api = new QlikAppApi();
  readonly #subject: Subject<Faults>;
  /** Ids that were not published at some time. */
  readonly #gone = new Set<string>();
  readonly lost: string[] = [];

  constructor(subject: Subject<Faults>) {
    this.#subject = subject;
    this.#api.onWrite = ({ method, name }, when) => {
      const id = name.slice(name.indexOf('.') + 1);
      if (method === 'DELETE' && when === 'after' && !this.#gone.has(id)) this.lost.push(id);
    };
  }

  async sync({ changes, faults }: Round<Faults>): Promise<void> {
    let request = -1;
    this.#subject.beforeEach(() => {
      request += 1;
      if (request === faults.request) this.#subject.setFaults(faults.faults);
      for (const change of changes.filter((each) => each.request === request)) this.#happen(change);
    });
    await this.#run().catch((error: unknown) => {
      if (failureOf(error) === undefined) throw error;
    });
    await this.#subject.mend();
  }

  /** Syncs without faults, and says that what is suspicious is true. */
  async settle(): Promise<void> {
    this.#subject.beforeEach(() => {});
    const { suspicion } = await this.#run();
    if (suspicion !== undefined) await this.#run({ 'kpimailer.io/acceptRemovals': suspicion });
  }

  get kept(): ReadonlyMap<string, string> {
    return new Map([...this.#api.objects.values()].map(({ app: { id, name } }) => [id, name]));
  }

  get writes(): number {
    return this.#api.writes.length;
  }

  #happen(change: Change): void {
    const before = [...this.#subject.published.keys()];
    this.#subject.apply(change);
    for (const id of before) if (!this.#subject.published.has(id)) this.#gone.add(id);
  }

  #run(annotations = {}): Promise<SyncResult> {
    return syncApps(serverOf(this.#subject.type, annotations), {
      connection: this.#subject.connection,
      writer: new AppWriter(this.#api.client),
      budget: new WriteBudget(1_000_000),
      signal: new AbortController().signal,
      urgent: false,
    });
  }
}

function serverOf(type: 'OnPremise' | 'Cloud', annotations: Record<string, string>): QlikServer {
  const cloud = {
    tenantUrl: 'https://acme.eu.qlikcloud.com',
    clientId: 'c',
    clientSecret: { secretKeyRef: { name: 's' } },
  };
  const branch = type === 'Cloud' ? { onPremise: undefined, cloud } : {};
  return exampleServer({ type, ...branch, appSync: { removalGrace: '0s' } }, { metadata: { annotations } });
}

/** Throws with the shortest story in which a published app is lost, or that does not end with the truth. */
function keeps<Faults>(subject: Subject<Faults>, rounds: fc.Arbitrary<readonly Round<Faults>[]>) {
  const story = fc.record({ apps: fc.nat(14), pageLimit: fc.constantFrom(0, 5, 6), rounds });
  const property = fc.asyncProperty(story, async ({ apps, pageLimit, rounds }) => {
    await subject.reset(apps, pageLimit);
    const keeper = new Keeper(subject);
    await keeper.settle();
    for (const round of rounds) await keeper.sync(round);
    expect(keeper.lost).toEqual([]);
    await keeper.settle();
    expect(keeper.kept).toEqual(subject.published);
    const { writes } = keeper;
    await keeper.settle();
    expect(keeper.writes).toBe(writes);
  });
  return fc.assert(property, { numRuns: RUNS });
}

/** Some of the apps as they are. */
const picked = <T>(all: readonly T[], which: number): T | undefined => all[which % Math.max(1, all.length)];

let site: OnPremiseSite;
let tenant: CloudTenant;
beforeAll(async () => {
  [site, tenant] = await Promise.all([
    startOnPremiseSite(),
    startCloudTenant({ apiPerMinute: 1_000_000, oauthPerMinute: 1_000_000 }),
  ]);
});
afterAll(() => Promise.all([site.stop(), tenant.stop()]));

async function siteSubject(): Promise<Subject<SiteFaults>> {
  const { connection } = await materialFor(site);
  let tableLimit = 0;
  const mend = async () => {
    await site.clearFaults();
    await site.setFault('tableLimit', tableLimit);
  };
  return {
    type: 'OnPremise',
    connection,
    get published() {
      return new Map(site.publishedApps.map(({ id, name }) => [id, name]));
    },
    async reset(apps, pageLimit) {
      tableLimit = pageLimit;
      site.setApps(0);
      for (let index = 0; index < apps; index += 1) site.addApp();
      await mend();
    },
    apply({ what, which }) {
      const app = picked(site.apps, which);
      if (what === 'publish') site.publishApp(site.addApp({ published: false }).id);
      else if (app === undefined) return;
      else if (what === 'remove') site.removeApp(app.id);
      else if (what === 'rename') site.updateApp(app.id, { name: `App ${which}` });
      else site.publishApp(app.id, picked(PLACES, which));
    },
    setFaults: (faults) => void site.setFaults(faults),
    mend,
    beforeEach: (happen) => {
      site.beforeAnswer = happen;
    },
  };
}

async function tenantSubject(): Promise<Subject<TenantFaults>> {
  const { connection } = await materialForTenant({ at: tenant });
  let limit = 0;
  const mend = async () => {
    await tenant.clearFaults();
    await tenant.setFault('pageLimit', limit);
  };
  return {
    type: 'Cloud',
    connection,
    get published() {
      return new Map(tenant.publishedApps.map(({ resourceId, name }) => [resourceId, name]));
    },
    async reset(apps, pageLimit) {
      limit = pageLimit;
      tenant.setItems(0);
      for (let index = 0; index < apps; index += 1) tenant.addApp();
      await mend();
    },
    apply({ what, which }) {
      const app = picked(tenant.items, which);
      if (what === 'publish') tenant.addApp();
      else if (app === undefined) return;
      else if (what === 'remove') tenant.removeApp(app.resourceId);
      else if (what === 'rename') tenant.addApp({ ...app, name: `App ${which}` });
    },
    setFaults: (faults) => void tenant.setFaults(faults),
    mend,
    beforeEach: (happen) => {
      tenant.beforeAnswer = happen;
    },
  };
}

const changes = fc.array(change, { maxLength: 4 });
const from = <Faults>(...faults: readonly Partial<Faults>[]) =>
  fc.record({ request: fc.nat(30), faults: fc.constantFrom({}, ...faults) });

test('a site, over TLS: no published app is lost, and in the end all objects equal the truth', async () => {
  const faults = from<SiteFaults>(
    { noRootAdmin: true },
    { listsFiltered: true },
    { listsFiltered: 'half' },
    { userInactive: true },
    { rowRepeated: true },
    { notSortable: 'id' },
    { countAs: 'text' },
    { html200: 'repository' },
    { repositoryStatus: 503 },
  );
  const rounds = fc.array(fc.record({ changes, faults }), { minLength: 1, maxLength: 2 });
  await expect(keeps(await siteSubject(), rounds)).resolves.toBeUndefined();
});

test('a tenant, over TLS: likewise', async () => {
  const broken = from<TenantFaults>(
    { repeatedCursor: true },
    { emptyPageWithNext: true },
    { emptyPageWithNext: 'forever' },
    { nextLinkElsewhere: true },
    { maxSpacesLimit: 10 },
    { tokenRevoked: 'nextPage' },
    { html200: true, only: 'items' },
    { truncatedJson: true, only: 'items' },
    { httpStatus: 502, only: 'items' },
  );
  // A client that loses its rights while other apps go cannot be told from one that sees them go.
  const blind = from<TenantFaults>({ nothingVisible: true }, { apiForbidden: 'items' });
  const round = fc.oneof(
    fc.record({ changes, faults: broken }),
    fc.record({ changes: fc.constant<Change[]>([]), faults: blind }),
  );
  const rounds = fc.array(round, { minLength: 1, maxLength: 2 });
  await expect(keeps(await tenantSubject(), rounds)).resolves.toBeUndefined();
});
