import { describe, expect, test } from 'vitest';
import type { Call } from '../../../test/simulators/http/message.ts';
import { BareRepository } from '../../../test/simulators/onpremise/bare-repository.ts';
import type { Faults } from '../../../test/simulators/onpremise/faults.ts';
import { appsHint, listApps } from './apps.ts';

/** A site with so many published apps, whose ids ascend. */
function siteWith(apps: number, faults: Partial<Faults> = {}): BareRepository {
  const site = new BareRepository(faults);
  site.apps.set(0);
  for (let index = 0; index < apps; index += 1) site.apps.add();
  return site;
}

async function list(site: BareRepository) {
  const listed: string[] = [];
  const end = await listApps(site.accounts, async (apps) => {
    listed.push(...apps.map(({ id }) => id));
  });
  return { end, listed };
}

/** Whether a request is for a page of the listing, and not for a single row. */
const isPage = ({ url: { searchParams } }: Call) => Number(searchParams.get('take')) > 1;

/** Does something just before the page of that number is answered. */
function beforePage(site: BareRepository, number: number, happen: () => void): void {
  let pages = 0;
  site.beforeAnswer = (call) => {
    if (!isPage(call)) return;
    pages += 1;
    if (pages === number) happen();
  };
}

const EARLIEST = '00000000-0000-4000-8000-000000000000';
const MOVED = { kind: 'incomplete', why: 'apps came or went while they were listed' };

function removeFirst({ apps, publishedIds: [first = ''] }: BareRepository): void {
  apps.remove(first);
}

describe('a listing', () => {
  test.each([0, 1, 199, 200, 201, 400, 401])('of %i apps is complete', async (size) => {
    const site = siteWith(size);
    site.apps.add({ published: false, stream: 'Finance' });
    const { end, listed } = await list(site);
    const places = new Set(['Everyone', 'Monitoring apps', 'Marketing', 'Finance']);
    expect(end).toEqual({ kind: 'complete', seesAll: true, places });
    expect(listed).toEqual(site.publishedIds);
  });

  test.each<[string, Partial<Faults>]>([
    ['counts with a bare number', { countAs: 'integer' }],
    ['has short pages', { tableLimit: 7 }],
    ['cannot sort by id', { notSortable: 'id' }],
    ['cannot sort by publication', { notSortable: 'publishTime' }],
  ])('of a site that %s is complete', async (_what, faults) => {
    const site = siteWith(30, faults);
    const { end, listed } = await list(site);
    expect(end.kind).toBe('complete');
    expect(listed).toEqual(site.publishedIds);
  });

  test('of a site that counts in words is a failure', async () => {
    await expect(list(siteWith(3, { countAs: 'text' }))).rejects.toThrow('unexpected answer HTTP 200');
  });

  test('names the streams as they are when it ends', async () => {
    const site = siteWith(3);
    beforePage(site, 1, () => site.apps.removeStream('Finance'));
    const places = new Set(['Everyone', 'Monitoring apps', 'Marketing']);
    expect((await list(site)).end).toMatchObject({ kind: 'complete', places });
  });
});

describe('a listing is incomplete', () => {
  test.each<[string, (site: BareRepository) => unknown]>([
    ['an app of a page before is gone', removeFirst],
    ['a new app belongs to a page before', ({ apps }) => apps.add({ id: EARLIEST })],
    ['a new app belongs to a page to come', ({ apps }) => apps.add()],
    [
      'one has gone from a page before, and another one has come there',
      (site) => {
        removeFirst(site);
        site.apps.add({ id: EARLIEST });
      },
    ],
    [
      'one has gone from a page before, and another one has come behind',
      (site) => {
        removeFirst(site);
        site.apps.add();
      },
    ],
  ])('if %s', async (_what, happen) => {
    const site = siteWith(450);
    beforePage(site, 2, () => happen(site));
    expect((await list(site)).end).toEqual(MOVED);
  });

  test('if an app with an old date of publication came, another one went, and short pages hide what follows', async () => {
    const site = siteWith(9, { tableLimit: 5 });
    const [seventh] = site.publishedIds.slice(6);
    beforePage(site, 2, () => {
      site.apps.update(site.apps.add({ id: `${seventh}0` }).id, { publishTime: '2020-01-01T00:00:00.000Z' });
      // Nine apps have been read once this page is answered, as many as were counted; the last one is not among them.
      site.beforeAnswer = () => {
        site.beforeAnswer = () => {};
        removeFirst(site);
      };
    });
    expect((await list(site)).end).toEqual(MOVED);
  });

  test('if an app is listed twice, as names are no order to rely on', async () => {
    const site = siteWith(9, { tableLimit: 3, notSortable: 'id' });
    const [first = '', last = ''] = [site.publishedIds.at(0), site.publishedIds.at(-1)];
    beforePage(site, 2, () => {
      site.apps.update(first, { name: 'Z' });
      site.apps.update(last, { name: 'A' });
    });
    expect((await list(site)).end).toEqual({ kind: 'incomplete', why: 'an app was listed twice' });
  });

  test('if a row stands there twice', async () => {
    expect((await list(siteWith(1, { rowRepeated: true }))).end.kind).toBe('incomplete');
  });

  test('if there are fewer rows than apps, as a page of one row leaves no room for more', async () => {
    const why = 'the site counts another number of published apps than it lists';
    expect((await list(siteWith(3, { tableLimit: 1 }))).end).toEqual({ kind: 'incomplete', why });
  });

  test('if a right was missing for the length of the pages alone', async () => {
    const site = siteWith(10);
    site.beforeAnswer = (call) => site.setFaults({ listsFiltered: isPage(call) ? 'half' : false });
    expect((await list(site)).end.kind).toBe('incomplete');
  });

  test('if a right was missing meanwhile, and as many apps went as were hidden', async () => {
    const site = siteWith(10);
    const older = site.publishedIds.slice(0, 5);
    site.beforeAnswer = (call) => {
      site.setFaults({ listsFiltered: isPage(call) ? 'half' : false });
      if (call.url.pathname.endsWith('/stream')) for (const id of older) site.apps.remove(id);
    };
    expect((await list(site)).end).toEqual(MOVED);
  });

  test('if a right was missing for all but the proofs', async () => {
    const site = siteWith(10);
    const requests: string[] = [];
    site.beforeAnswer = ({ url }) => requests.push(url.pathname);
    await list(site);
    // What each proof asks, about the account and the counts, is 7 requests.
    const proof = 7;
    let request = 0;
    site.beforeAnswer = () => {
      request += 1;
      const isProof = request <= proof || request > requests.length - proof;
      site.setFaults({ listsFiltered: isProof ? false : 'half' });
    };
    expect((await list(site)).end.kind).toBe('incomplete');
  });
});

describe('a listing is reduced', () => {
  test.each<[string, Partial<Faults>, string]>([
    ['unknown', { userMissing: true }, 'the site knows no user CORP\\svc_kpi'],
    ['inactive', { userInactive: true }, 'the user CORP\\svc_kpi is inactive'],
    ['refused', { userRefused: true }, 'requests of CORP\\svc_kpi are refused'],
    ['without its role', { noRootAdmin: true }, 'the user CORP\\svc_kpi has no role at all, not RootAdmin'],
    [
      'restricted by a rule',
      { listsFiltered: true },
      'CORP\\svc_kpi has the role RootAdmin, yet sees fewer apps than INTERNAL\\sa_api',
    ],
  ])('from the start, if the account is %s', async (_what, faults, why) => {
    const { end, listed } = await list(siteWith(5, faults));
    expect(end).toEqual({ kind: 'reduced', why: expect.stringContaining(why) as unknown });
    expect(listed).toEqual([]);
  });

  test.each<Partial<Faults>>([{ noRootAdmin: true }, { listsFiltered: true }, { listsFiltered: 'half' }])(
    'in the end, if meanwhile %o',
    async (faults) => {
      const site = siteWith(5);
      beforePage(site, 2, () => site.setFaults(faults));
      expect((await list(site)).end.kind).toBe('reduced');
    },
  );

  test('if the account sees fewer of the published apps alone', async () => {
    const site = siteWith(4);
    site.apps.add({ published: false });
    site.beforeAnswer = ({ url }) =>
      site.setFaults({ listsFiltered: url.searchParams.has('filter') && url.pathname.endsWith('/count') });
    const why = /^CORP\\svc_kpi sees fewer published apps than INTERNAL\\sa_api/u;
    expect((await list(site)).end).toEqual({ kind: 'reduced', why: expect.stringMatching(why) as unknown });
  });
});

test.each([2, 4])(
  'an app that goes just before count %i is not taken for a missing right',
  async (number) => {
    const site = siteWith(4);
    let counts = 0;
    site.beforeAnswer = ({ url }) => {
      if (!url.pathname.endsWith('/count')) return;
      counts += 1;
      // The account is asked after the administrator.
      if (counts === number) removeFirst(site);
    };
    expect((await list(site)).end.kind).toBe('complete');
  },
);

describe('the hint', () => {
  test.each<[string, boolean, (site: BareRepository) => unknown]>([
    ['nothing', false, () => {}],
    ['a new name', false, ({ apps, publishedIds: [id = ''] }) => apps.update(id, { name: 'New' })],
    ['an app that is not published', false, ({ apps }) => apps.add({ published: false })],
    ['a publication', true, ({ apps }) => apps.add()],
    ['a removal', true, removeFirst],
    [
      'both',
      true,
      (site) => {
        removeFirst(site);
        site.apps.add();
      },
    ],
  ])('after %s is another one: %s', async (_what, differs, happen) => {
    const site = siteWith(3);
    const before = await appsHint(site.accounts);
    happen(site);
    expect((await appsHint(site.accounts)) !== before).toBe(differs);
  });

  test('of a site without apps is one, too', async () => {
    expect(await appsHint(siteWith(0).accounts)).toBe('0 ');
  });
});
