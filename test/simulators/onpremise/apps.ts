import type { QlikRecord } from './filter/property.ts';
import { type AppOptions, type AppRecord, appRecord, guidOf, type StreamReference } from './records/app.ts';
import { CREATED } from './records/created.ts';

/** As many apps a site may have. */
export const MAX_APPS = 20_000;

/** A change as `/qrs/notification/changes` lists it; `changeType` is 1 added, 2 updated or 3 deleted. */
export interface Change {
  readonly changeType: 1 | 2 | 3;
  readonly type: 'App';
  readonly id: string;
  /** ISO. */
  readonly changeDate: string;
  readonly object: AppRecord;
  readonly schemaPath: 'ChangeInfo';
}

const seeds: readonly AppOptions[] = [
  {
    id: '5a94e3e9-157c-4ec2-8e65-f0a427290d14',
    name: 'Customer Experience [Telco]',
    customProperties: { Department: 'Finance' },
    lastReloadTime: '2025-10-09T04:12:10.000Z',
    tags: ['kpi'],
  },
  {
    id: '5a94e3e9-157c-4ec2-8e65-f0a427290d15',
    name: "Finance: O'Brien & Sons",
    customProperties: { Department: 'Sales' },
  },
  { id: '5a94e3e9-157c-4ec2-8e65-f0a427290d16', name: 'Draft', published: false },
];

/** What the generated apps are, in turn: six of ten published, one unpublished but with a stream. */
const turns: readonly AppOptions[] = [
  { stream: 'Marketing' },
  { published: false },
  { stream: 'Finance' },
  { stream: 'Everyone' },
  { published: false, stream: 'Finance' },
  { stream: 'Marketing' },
  { published: false },
  { stream: 'Finance' },
  { published: false },
  { stream: 'Marketing' },
];

/** The apps and streams of a site. */
export class Apps {
  readonly #now: () => number;
  readonly #apps = new Map<string, AppRecord>();
  readonly #streams = new Map<string, StreamReference>();
  #changes: Change[] = [];
  #list: readonly AppRecord[] | undefined;
  #made = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.reset();
  }

  /** All apps in the order of their addition. */
  get all(): readonly AppRecord[] {
    this.#list ??= [...this.#apps.values()];
    return this.#list;
  }

  /** All streams, full shape. */
  get streams(): readonly QlikRecord[] {
    return [...this.#streams.values()].map(fullStream);
  }

  /** What has happened since the last reset, oldest first. */
  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** Back to the three apps of a new site, as if nothing had happened. */
  reset(): void {
    this.#clear();
    for (const name of ['Everyone', 'Monitoring apps', 'Marketing', 'Finance']) this.addStream(name);
    for (const seed of seeds) this.add({ modifiedDate: CREATED.modifiedDate, ...seed });
    this.#changes = [];
  }

  /** Replaces all apps by so many generated ones; not listed as changes. */
  set(count: number): void {
    mustFit(count);
    this.#clear();
    for (let index = 0; index < count; index += 1) this.add(turns[index % turns.length]);
    this.#changes = [];
  }

  /** Adds a stream, or returns the one of this name. */
  addStream(name: string): StreamReference {
    const stream = this.#streams.get(name) ?? { id: guidOf('4000', name), name, privileges: null };
    this.#streams.set(name, stream);
    return stream;
  }

  /** Removes a stream; its apps keep naming it. */
  removeStream(name: string): void {
    this.#streams.delete(name);
  }

  /** Adds an app, or replaces the one with the same id. */
  add(options: AppOptions = {}): AppRecord {
    this.#made += 1;
    const number = String(this.#made).padStart(5, '0');
    const { published = true, id = guidOf('7000', number) } = options;
    const name = options.stream === undefined && published ? 'Marketing' : (options.stream ?? null);
    const stream = name === null ? null : this.addStream(name);
    const record = appRecord(id, { name: `App ${number}`, ...options }, stream, this.#time());
    if (!this.#apps.has(id)) mustFit(this.#apps.size + 1);
    return this.#store(this.#apps.has(id) ? 2 : 1, record);
  }

  /** Changes properties of an app; its modification is now, unless told otherwise. */
  update(id: string, changes: Partial<AppRecord>): AppRecord {
    const app = this.#apps.get(id);
    if (app === undefined) throw new Error(`Unknown app "${id}"`);
    return this.#store(2, { ...app, modifiedDate: this.#time(), ...changes, id });
  }

  /** Publishes an app to a stream. */
  publish(id: string, stream: string): AppRecord {
    return this.update(id, { published: true, publishTime: this.#time(), stream: this.addStream(stream) });
  }

  /** Removes an app; false if there is none. */
  remove(id: string): boolean {
    const app = this.#apps.get(id);
    if (app === undefined) return false;
    this.#apps.delete(id);
    this.#note(3, app);
    return true;
  }

  #store(changeType: 1 | 2, app: AppRecord): AppRecord {
    this.#apps.set(app.id, app);
    this.#note(changeType, app);
    return app;
  }

  #note(changeType: 1 | 2 | 3, object: AppRecord): void {
    this.#list = undefined;
    const changeDate = this.#time();
    this.#changes.push({
      changeType,
      type: 'App',
      id: object.id,
      changeDate,
      object,
      schemaPath: 'ChangeInfo',
    });
  }

  #clear(): void {
    this.#list = undefined;
    this.#made = 0;
    this.#apps.clear();
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}

function fullStream({ id, name }: StreamReference): QlikRecord {
  const usual = { customProperties: [], owner: null, tags: [], privileges: ['read', 'publish'] };
  return { id, ...CREATED, name, ...usual, schemaPath: 'Stream' };
}

function mustFit(count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > MAX_APPS) {
    throw new RangeError(`A site has 0 to ${MAX_APPS} apps, current value is ${count}`);
  }
}
