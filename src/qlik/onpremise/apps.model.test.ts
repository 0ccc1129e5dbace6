import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BareRepository } from '../../../test/simulators/onpremise/bare-repository.ts';
import type { Faults } from '../../../test/simulators/onpremise/faults.ts';
import type { ListingEnd } from '../app-listing.ts';
import { listApps } from './apps.ts';

const RIGHTS = {
  loseRole: { noRootAdmin: true },
  loseHalf: { listsFiltered: 'half' },
  loseSome: { listsFiltered: true },
  regain: { noRootAdmin: false, listsFiltered: false },
} as const satisfies Record<string, Partial<Faults>>;
const CHANGES = ['publish', 'unpublish', 'remove', 'add', 'rename', 'move'] as const;

/** What can happen at a site; `which` picks the app it happens to. */
interface Step {
  readonly what: (typeof CHANGES)[number] | keyof typeof RIGHTS;
  readonly which: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...CHANGES, 'loseRole', 'loseHalf', 'loseSome', 'regain', 'regain'),
  which: fc.nat(50),
});

/** Several things just before one request, counted from the first one. */
const moment = fc.record({ request: fc.nat(24), steps: fc.array(step, { minLength: 1, maxLength: 4 }) });

/** Few apps on short pages are as hard to page through as many on long ones. */
const pages = fc.oneof(
  { weight: 20, arbitrary: fc.record({ size: fc.nat(14), tableLimit: fc.constantFrom(0, 2, 3, 4, 5) }) },
  { weight: 1, arbitrary: fc.record({ size: fc.constantFrom(250, 251, 501), tableLimit: fc.constant(0) }) },
);

const story = fc.record({
  pages,
  notSortable: fc.constantFrom<Faults['notSortable'][]>(false, 'id'),
  countAs: fc.constantFrom<Faults['countAs'][]>(false, 'integer'),
  moments: fc.array(moment, { maxLength: 5 }),
});
type Story = typeof story extends fc.Arbitrary<infer S> ? S : never;

/** A site of a story, of which four fifths of the apps are published, some under the same name. */
function siteOf({ pages: { size, tableLimit }, notSortable, countAs }: Story): BareRepository {
  const site = new BareRepository({ tableLimit, notSortable, countAs });
  site.apps.set(0);
  for (let index = 0; index < size; index += 1)
    site.apps.add({ published: index % 5 !== 4, name: nameOf(index * 7) });
  return site;
}

const nameOf = (number: number) => `App ${number % 10}`;

function happen(site: BareRepository, { what, which }: Step): void {
  const { apps } = site;
  const id = apps.all[which % Math.max(1, apps.all.length)]?.id;
  if (what in RIGHTS) site.setFaults(RIGHTS[what as keyof typeof RIGHTS]);
  else if (what === 'add') apps.add({ name: nameOf(which) });
  else if (id === undefined) return;
  else if (what === 'remove') apps.remove(id);
  else if (what === 'rename') apps.update(id, { name: nameOf(which) });
  else if (what === 'unpublish') apps.update(id, { published: false });
  else apps.publish(id, what === 'move' ? 'Finance' : 'Marketing');
}

/** Lists the apps while the story goes on; tells which of them were published from the beginning to the end. */
async function told({ moments }: Story, site: BareRepository) {
  const throughout = new Set(site.publishedIds);
  let request = -1;
  site.beforeAnswer = () => {
    request += 1;
    for (const step of moments.filter((moment) => moment.request === request).flatMap(({ steps }) => steps)) {
      happen(site, step);
      const now = new Set(site.publishedIds);
      for (const id of throughout) if (!now.has(id)) throughout.delete(id);
    }
  };
  return { throughout, ...(await listing(site)) };
}

async function listing(site: BareRepository): Promise<{ end: ListingEnd; listed: ReadonlySet<string> }> {
  const listed = new Set<string>();
  const end = await listApps(site.accounts, async (apps) => {
    for (const { id } of apps) listed.add(id);
  });
  return { end, listed };
}

test('a listing that is called complete has every app that was published all the time', async () => {
  const ends = { complete: 0, incomplete: 0, reduced: 0 };
  await fc.assert(
    fc.asyncProperty(story, async (story) => {
      const { end, listed, throughout } = await told(story, siteOf(story));
      ends[end.kind] += 1;
      const missed = [...throughout].filter((id) => !listed.has(id));
      expect(end.kind === 'complete' ? missed : []).toEqual([]);
    }),
    { numRuns: 600 },
  );
  // The stories are about something: all ends are common.
  expect(Math.min(...Object.values(ends))).toBeGreaterThan(60);
}, 20_000);

test('a site at which nothing happens is listed completely, however it pages, sorts and counts', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (story) => {
      const site = siteOf(story);
      const { end, listed } = await listing(site);
      expect(end).toMatchObject({ kind: 'complete', seesAll: true });
      expect(listed).toEqual(new Set(site.publishedIds));
    }),
    { numRuns: 100 },
  );
});
