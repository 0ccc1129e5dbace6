import { randomBytes } from 'node:crypto';

/** As many items a catalogue may have. */
export const MAX_ITEMS = 20_000;

/** Types of spaces. */
export type SpaceType = 'managed' | 'shared' | 'data';

/** A space. */
export interface Space {
  readonly id: string;
  readonly type: SpaceType;
  readonly name: string;
  /** Milliseconds. */
  readonly createdAt: number;
}

/** Kinds of items: apps published in a managed space, distributed there from client-managed, in work in a shared space, private, and no app at all. */
export type ItemKind = 'published' | 'distributed' | 'shared' | 'personal' | 'other';

/** An item. */
export interface Item {
  /** 24 hexadecimal digits. */
  readonly id: string;
  /** GUID of the app. */
  readonly resourceId: string;
  readonly resourceType: string;
  readonly resourceSubType: string;
  readonly name: string;
  readonly description: string;
  /** Empty if private. */
  readonly spaceId: string;
  readonly ownerId: string;
  /** ISO; empty if unpublished. */
  readonly publishTime: string;
  /** Distributed from client-managed. */
  readonly published: boolean;
  /** GUID of the app this one was published from. */
  readonly originAppId: string;
  /** Milliseconds. */
  readonly createdAt: number;
  /** Milliseconds. */
  readonly updatedAt: number;
}

/** What an added item shall be; everything else follows from its kind (default: `published`). */
export type ItemOptions = Partial<Item> & { readonly kind?: ItemKind };

/** Kinds of generated items, in turn: six of ten are published. */
const turns: readonly ItemKind[] = [
  'published',
  'personal',
  'published',
  'published',
  'distributed',
  'published',
  'shared',
  'published',
  'other',
  'published',
];

const start = Date.UTC(2024, 0, 1);

/** The spaces and items of a tenant. */
export class Catalogue {
  readonly #seed = randomBytes(4).toString('hex');
  readonly #spaces = new Map<string, Space>();
  readonly #items = new Map<string, Item>();
  #made = 0;
  #revision = 0;

  constructor() {
    for (const name of ['Production', 'Finance', 'Sales']) this.addSpace({ type: 'managed', name });
    for (const name of ['Team', 'Sandbox']) this.addSpace({ type: 'shared', name });
    this.addSpace({ type: 'data', name: 'Sources' });
  }

  /** Changes with every change. */
  get revision(): number {
    return this.#revision;
  }

  /** All spaces. */
  get spaces(): readonly Space[] {
    return [...this.#spaces.values()];
  }

  /** All items in the order of their addition. */
  get items(): readonly Item[] {
    return [...this.#items.values()];
  }

  /** The apps that a client should find: published in a managed space. */
  get publishedApps(): readonly Item[] {
    return this.items.filter(
      ({ resourceType, publishTime, spaceId }) =>
        resourceType === 'app' && publishTime !== '' && this.spaceType(spaceId) === 'managed',
    );
  }

  /** The space of this id. */
  space(id: string): Space | undefined {
    return this.#spaces.get(id);
  }

  /** The item of this app. */
  item(resourceId: string): Item | undefined {
    return this.#items.get(resourceId);
  }

  /** The type of a space; `personal` if there is none. */
  spaceType(id: string): SpaceType | 'personal' | undefined {
    return id === '' ? 'personal' : this.#spaces.get(id)?.type;
  }

  /** Adds a space. */
  addSpace(options: Partial<Space> = {}): Space {
    const number = this.#next();
    const usual = { id: this.#itemId(number), type: 'managed', name: `Space ${number}` } as const;
    const space = { ...usual, createdAt: start + number * 1000, ...options };
    this.#spaces.set(space.id, space);
    return space;
  }

  /** Removes a space; its items stay and name a space that is not there. */
  removeSpace(id: string): void {
    this.#spaces.delete(id);
    this.#revision += 1;
  }

  /** Adds an item, or replaces the one with the same `resourceId`. */
  addItem({ kind = 'published', ...options }: ItemOptions = {}): Item {
    const item = { ...this.#usual(kind, this.#next()), ...options };
    this.#items.set(item.resourceId, item);
    return item;
  }

  /** Removes the item of an app; false if there is none. */
  removeItem(resourceId: string): boolean {
    this.#revision += 1;
    return this.#items.delete(resourceId);
  }

  /** Replaces all items by so many generated ones of mixed kinds. */
  setItems(count: number): void {
    if (!Number.isInteger(count) || count < 0 || count > MAX_ITEMS) {
      throw new RangeError(`A catalogue has 0 to ${MAX_ITEMS} items, current value is ${count}`);
    }
    this.#items.clear();
    this.#revision += 1;
    for (let index = 0; index < count; index += 1) {
      this.addItem({ kind: turns[index % turns.length] ?? 'published' });
    }
  }

  #usual(kind: ItemKind, number: number): Item {
    const createdAt = start + number * 1000;
    return {
      id: this.#itemId(number),
      resourceId: this.#guid('4000', number),
      resourceType: kind === 'other' ? 'dataset' : 'app',
      resourceSubType: '',
      name: `${kind === 'other' ? 'Data' : 'App'} ${String(number).padStart(5, '0')}`,
      description: '',
      spaceId: this.#usualSpace(kind, number),
      ownerId: this.#itemId(0),
      publishTime: kind === 'published' ? new Date(createdAt + 123).toISOString() : '',
      published: kind === 'distributed',
      originAppId: kind === 'published' ? this.#guid('4001', number) : '',
      createdAt,
      updatedAt: createdAt + 60_000,
    };
  }

  #usualSpace(kind: ItemKind, number: number): string {
    if (kind === 'personal') return '';
    const type = kind === 'shared' || kind === 'other' ? 'shared' : 'managed';
    const fitting = this.spaces.filter((space) => space.type === type);
    return fitting[number % fitting.length]?.id ?? '';
  }

  #next(): number {
    this.#made += 1;
    this.#revision += 1;
    return this.#made;
  }

  #itemId(number: number): string {
    return `${this.#seed}${number.toString(16).padStart(16, '0')}`;
  }

  #guid(group: string, number: number): string {
    return `${this.#seed}-0000-${group}-8000-${number.toString(16).padStart(12, '0')}`;
  }
}
