import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Pass, PLACES, QlikStory, type Step } from '../../../test/fakes/qlik-story.ts';
import { QlikAppApi, type Write } from '../../../test/fakes/qlikapp-api.ts';
import { exampleServer, MINUTE, NOON } from '../../../test/integration/server/examples.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import { failureOf } from '../../qlik/failure.ts';
import { AppWriter } from './app-writer.ts';
import { desiredApp, digestOf, digestOfObject } from './record.ts';
import { syncApps, type SyncResult } from './sync.ts';
import { WriteBudget } from './write-budget.ts';

const HOUR = 60 * MINUTE;

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('appear', 'vanish', 'rename', 'move', 'return'),
  which: fc.nat(60),
});
const steps = fc.array(step, { maxLength: 4 });
const pass: fc.Arbitrary<Pass> = fc.record({
  pages: fc.integer({ min: 1, max: 4 }),
  steps: fc.array(steps, { maxLength: 4 }),
  end: fc.constantFrom('whole', 'whole', 'whole', 'incomplete', 'reduced', 'fails', 'withoutPlace'),
  which: fc.nat(60),
});

/** So often that the sync gives up. */
const restless = pass.map((pass) => Array.from({ length: 3 }, (): Pass => ({ ...pass, end: 'incomplete' })));

/** What befalls the write of that number: the operator dies, the API server refuses it, or somebody else is faster. */
const mishap = fc.record({
  write: fc.nat(12),
  what: fc.constantFrom('dies', 'diesAfter', 'refused', 'edited', 'deleted', 'labelled'),
  which: fc.nat(60),
});
type Mishap = typeof mishap extends fc.Arbitrary<infer M> ? M : never;

const round = fc.record({
  before: steps,
  passes: fc.oneof(
    { weight: 5, arbitrary: fc.array(pass, { maxLength: 5 }) },
    { weight: 1, arbitrary: restless },
  ),
  mishaps: fc.array(mishap, { maxLength: 2 }),
  removalGrace: fc.constantFrom('0s', '0s', '1h'),
  later: fc.constantFrom(0, 2 * HOUR),
  isMadeAnew: fc.boolean(),
});
type Round = typeof round extends fc.Arbitrary<infer R> ? R : never;

const story = fc.record({
  isSite: fc.boolean(),
  filter: fc.subarray([...PLACES], { maxLength: 2 }),
  apps: fc.oneof(fc.nat(2), fc.nat(40)),
  rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
});
type Story = typeof story extends fc.Arbitrary<infer S> ? S : never;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOON }));
afterEach(() => void vi.useRealTimers());

class Death extends Error {}

/** Keeps the QlikApps of the server of a story, and complains of every write that it should not have made. */
class Keeper {
  readonly qlik: QlikStory;
  readonly api = new QlikAppApi();
  readonly complaints: string[] = [];
  readonly #story: Story;
  #server: QlikServer;
  #made = 1;

  constructor(story: Story) {
    this.#story = story;
    this.qlik = new QlikStory(story);
    for (let which = 0; which < story.apps; which += 1) this.qlik.happen({ what: 'appear', which });
    this.#server = this.#serverWith('0s');
  }

  /** One sync with all that befalls it. */
  async sync({ before, passes, mishaps, removalGrace, later, isMadeAnew }: Round): Promise<void> {
    vi.setSystemTime(Date.now() + later);
    if (isMadeAnew) this.#made += 1;
    this.#server = this.#serverWith(removalGrace);
    for (const step of before) this.qlik.happen(step);
    this.qlik.begin(passes);
    this.#watch(mishaps);
    await this.#judged(this.#run());
    this.api.onWrite = () => {};
  }

  /** A sync without a proof may add and change apps, and nothing else; nor may one that fails in another way than told. */
  async #judged(sync: Promise<SyncResult>): Promise<void> {
    const from = this.api.writes.length;
    const isProved = await sync.then(
      ({ end, unknownPlaces }) => end.kind === 'complete' && unknownPlaces.length === 0,
      (error: unknown) => {
        if (failureOf(error) !== undefined) return false;
        // It may have died in the middle of what was proved.
        if (error instanceof Death || error instanceof ApiError) return true;
        throw error;
      },
    );
    const losses = this.api.writes.slice(from).filter((write) => isRemoval(write) || isMark(write));
    if (!isProved && losses.length > 0) this.complaints.push(`${losses.length} apps lost without proof`);
  }

  /** Syncs without trouble or grace, and says that what is suspicious is true. */
  async settle(): Promise<void> {
    this.qlik.begin([]);
    this.#server = this.#serverWith('0s');
    const { suspicion } = await this.#run();
    if (suspicion === undefined) return;
    this.#server = this.#serverWith('0s', { 'kpimailer.io/acceptRemovals': suspicion });
    await this.#run();
  }

  /** Names of objects that are there without their app, or differ from it, or the other way round. */
  get differences(): readonly string[] {
    const wanted = new Map(
      this.qlik.wanted.map((app) => desiredApp(this.#server, app)).map((app) => [app.name, digestOf(app)]),
    );
    const stored = new Map([...this.api.objects].map(([name, object]) => [name, digestOfObject(object)]));
    return [...new Set([...wanted.keys(), ...stored.keys()])].filter(
      (name) => wanted.get(name) !== stored.get(name),
    );
  }

  #serverWith(removalGrace: string, annotations = {}): QlikServer {
    const appSync = { removalGrace, publishedIn: this.#story.filter };
    return exampleServer({ appSync }, { metadata: { uid: `server-${this.#made}`, annotations } });
  }

  #run(): Promise<SyncResult> {
    return syncApps(this.#server, {
      connection: this.qlik.connection,
      writer: new AppWriter(this.api.client),
      budget: new WriteBudget(1_000_000),
      signal: new AbortController().signal,
      urgent: false,
    });
  }

  #watch(mishaps: readonly Mishap[]): void {
    const differing = new Set(this.differences);
    let number = -1;
    let isDead = false;
    this.api.onWrite = (write, when) => {
      if (when === 'after') this.#judge(write, differing);
      else number += 1;
      for (const mishap of mishaps.filter((each) => each.write === number)) {
        isDead ||= mishap.what === (when === 'before' ? 'dies' : 'diesAfter');
        if (when === 'before') this.#befall(mishap, differing);
      }
      if (isDead) throw new Death();
    };
  }

  #befall({ what, which }: Mishap, differing: Set<string>): void {
    if (what === 'refused') throw new ApiError(403, 'Forbidden', 'exceeded quota');
    const name = [...this.api.objects.keys()][which % Math.max(1, this.api.objects.size)];
    if (name === undefined || what === 'dies' || what === 'diesAfter') return;
    if (what === 'labelled') {
      this.api.edit(name, (app) => ({ ...app, metadata: { ...app.metadata, annotations: { which } } }));
      return;
    }
    differing.add(name);
    if (what === 'deleted') this.api.objects.delete(name);
    else this.api.edit(name, (app) => ({ ...app, app: { ...app.app, name: `Edited ${which}` } }));
  }

  #judge(write: Write, differing: ReadonlySet<string>): void {
    const { name } = write;
    const id = name.slice(name.indexOf('.') + 1);
    const isLoss = isRemoval(write) || (isMark(write) && this.#story.isSite);
    if (isLoss && !this.qlik.gone.has(id) && this.qlik.apps.has(id))
      this.complaints.push(`${name} was removed or marked, and is published`);
    const isUpdate = !isRemoval(write) && !isMark(write);
    if (isUpdate && !differing.has(name) && !this.qlik.touched.has(id))
      this.complaints.push(`${name} was written without need`);
  }
}

const isRemoval = ({ method }: Write) => method === 'DELETE';

/** A mark alone says nothing else of the app. */
function isMark({ method, body }: Write): boolean {
  return method === 'PATCH' && !('id' in (body as { readonly app: object }).app);
}

test('no published app is lost, none is written without need, and in the end all objects equal the truth', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (story) => {
      const keeper = new Keeper(story);
      for (const round of story.rounds) await keeper.sync(round);
      expect(keeper.complaints).toEqual([]);
      await keeper.settle();
      expect(keeper.differences).toEqual([]);
      const { length } = keeper.api.writes;
      await keeper.settle();
      expect(keeper.api.writes.length).toBe(length);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 1000) },
  );
}, 60_000);
