import type { Reply } from '../http/message.ts';
import type { Catalogue, Item } from './catalogue.ts';
import { refusal } from './message.ts';

type Filter = (item: Item) => boolean;

const sortKeys = {
  createdAt: (item: Item) => item.createdAt,
  updatedAt: (item: Item) => item.updatedAt,
  recentlyUsed: (item: Item) => item.updatedAt,
  name: (item: Item) => item.name,
};

const spaceTypes = new Set(['shared', 'managed', 'personal', 'data']);

/** Finds items as `GET /api/v1/items` is asked to. Remembers the last lists, so that paging stays cheap. */
export class ItemSearch {
  readonly #catalogue: Catalogue;
  readonly #found = new Map<string, readonly Item[]>();
  #revision = -1;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** The items asked for, in order, or why the question is wrong. */
  find(params: URLSearchParams): readonly Item[] | Reply {
    const complaint = misuse(params);
    if (complaint !== undefined) return refusal(400, 'Bad request', complaint);
    if (this.#revision !== this.#catalogue.revision) {
      this.#found.clear();
      this.#revision = this.#catalogue.revision;
    }
    const key = JSON.stringify([...params].filter(([name]) => !['limit', 'next', 'prev'].includes(name)));
    const found = this.#found.get(key) ?? this.#search(params);
    this.#found.set(key, found);
    return found;
  }

  #search(params: URLSearchParams): readonly Item[] {
    const filters = [...params].flatMap(([name, value]) => this.#filter(name, value));
    const order = params.get('sort') ?? '+createdAt';
    const key = sortKeys[fieldOf(order) as keyof typeof sortKeys];
    const sign = order.startsWith('-') ? -1 : 1;
    return this.#catalogue.items
      .filter((item) => filters.every((filter) => filter(item)))
      .sort((one, two) => sign * (compare(key(one), key(two)) || compare(one.id, two.id)));
  }

  #filter(name: string, value: string): readonly Filter[] {
    const values = value.split(',');
    const makers: Readonly<Record<string, () => Filter>> = {
      resourceType: () => ofTypes(value),
      resourceSubType: () => (item) => values.includes(item.resourceSubType),
      resourceId: () => (item) => item.resourceId === value,
      resourceIds: () => (item) => values.includes(item.resourceId),
      id: () => (item) => values.includes(item.id),
      ownerId: () => (item) => item.ownerId === value,
      notOwnerId: () => (item) => item.ownerId !== value,
      spaceId: () => (item) => item.spaceId === (value === 'personal' ? '' : value),
      spaceType: () => (item) => values.includes(this.#catalogue.spaceType(item.spaceId) ?? ''),
      name: () => (item) => holds(item.name, value),
      query: () => (item) => holds(item.name, value) || holds(item.description, value),
    };
    const maker = makers[name];
    return maker === undefined ? [] : [maker()];
  }
}

/** What makes a question a 400, by the detail of the answer. */
const misuses: Readonly<Record<string, (params: URLSearchParams) => boolean>> = {
  'sort is unknown': (params) => !sortable(params.get('sort') ?? '+createdAt'),
  'spaceType is unknown': (params) => {
    const types = params.get('spaceType')?.split(',') ?? [];
    return !types.every((type) => spaceTypes.has(type));
  },
  'resourceSubType cannot go with sub-types in resourceType': (params) =>
    params.has('resourceSubType') && (params.get('resourceType') ?? '').includes('['),
  'resourceId needs resourceType': (params) =>
    (params.has('resourceId') || params.has('resourceIds')) && !params.has('resourceType'),
};

function misuse(params: URLSearchParams): string | undefined {
  return Object.keys(misuses).find((detail) => misuses[detail]?.(params));
}

function sortable(sort: string): boolean {
  return /^[+-]?\w+$/.test(sort) && Object.hasOwn(sortKeys, fieldOf(sort));
}

function fieldOf(sort: string): string {
  return sort.replace(/^[+-]/, '');
}

function compare<Value extends string | number>(one: Value, two: Value): number {
  if (one === two) return 0;
  return one < two ? -1 : 1;
}

function holds(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

/** `app,qvapp` or `app[qvd,chart-monitoring,]`, where the last one stands for no sub-type. */
function ofTypes(list: string): Filter {
  const wanted = [...list.matchAll(/([^,[\]]+)(?:\[([^\]]*)\])?/g)].map(([, type, subTypes]) => ({
    type,
    subTypes: subTypes?.split(','),
  }));
  return ({ resourceType, resourceSubType }) =>
    wanted.some(
      ({ type, subTypes }) => type === resourceType && (subTypes?.includes(resourceSubType) ?? true),
    );
}
