import type { Item, Space } from './catalogue.ts';
import type { Client } from './clients.ts';
import type { Faults } from './faults.ts';
import { ALIAS, HOST } from './keys.ts';

/** The id of the tenant itself. */
export const TENANT_ID = 'ysA4KqhDrbdy36hO9wwo4HUvPxeaKT7A';

const created = '2024-01-01T08:00:00.000Z';

/** An item as the list shows it. */
export function renderItem(item: Item, origin: string, withActions: boolean): unknown {
  const self = `${origin}/api/v1/items/${item.id}`;
  return {
    name: item.name,
    description: item.description,
    spaceId: item.spaceId,
    thumbnailId: '',
    resourceAttributes: item.resourceType === 'app' ? attributes(item) : {},
    resourceCustomAttributes: null,
    resourceCreatedAt: seconds(item.createdAt),
    resourceUpdatedAt: seconds(item.updatedAt),
    resourceType: item.resourceType,
    ...(item.resourceSubType !== '' && { resourceSubType: item.resourceSubType }),
    resourceId: item.resourceId,
    id: item.id,
    createdAt: seconds(item.createdAt),
    updatedAt: seconds(item.updatedAt),
    creatorId: item.ownerId,
    updaterId: item.ownerId,
    ownerId: item.ownerId,
    tenantId: TENANT_ID,
    isFavorited: false,
    collectionIds: [],
    ...(withActions && { actions: ['read', 'update', 'delete'] }),
    meta: { isFavorited: false, tags: [], collections: [] },
    links: { self: { href: self }, collections: { href: `${self}/collections` } },
    resourceReloadEndTime: item.resourceType === 'app' ? seconds(item.updatedAt) : '',
    resourceReloadStatus: item.resourceType === 'app' ? 'ok' : '',
    resourceSize: { appFile: 2057, appMemory: 78 },
    itemViews: { total: 3, trend: 0.3, unique: 1 },
  };
}

/** An app as `GET /api/v1/apps/{id}` shows it. */
export function renderApp(item: Item): unknown {
  return {
    attributes: { ...attributes(item), custom: {}, encrypted: true },
    create: [],
    privileges: ['read'],
  };
}

/** A space. */
export function renderSpace(space: Space, origin: string): unknown {
  const self = `${origin}/api/v1/spaces/${space.id}`;
  const time = new Date(space.createdAt).toISOString();
  return {
    id: space.id,
    type: space.type,
    ownerId: '657b5abe656297cec3d8b205',
    tenantId: TENANT_ID,
    name: space.name,
    description: '',
    meta: { actions: ['read'], roles: [], assignableRoles: ['consumer', 'contributor', 'publisher'] },
    links: { self: { href: self }, assignments: { href: `${self}/assignments` } },
    createdAt: time,
    createdBy: '657b5abe656297cec3d8b205',
    updatedAt: time,
  };
}

/** The bot user of a client. */
export function renderBot({ userId, clientId, name }: Client, origin: string): unknown {
  return {
    id: userId,
    tenantId: TENANT_ID,
    clientId,
    status: 'active',
    subject: `qlikbot\\${clientId}`,
    name,
    roles: ['TenantAdmin'],
    assignedRoles: [{ id: '608050f750afab80bd53586d', name: 'TenantAdmin', type: 'default', level: 'admin' }],
    assignedGroups: [],
    groups: [],
    createdAt: created,
    lastUpdatedAt: created,
    created,
    lastUpdated: created,
    links: { self: { href: `${origin}/api/v1/users/${userId}` } },
  };
}

/** The tenant. */
export function renderTenant(origin: string, { tenantStatus }: Faults): unknown {
  return {
    id: TENANT_ID,
    name: 'simulated',
    hostnames: [HOST, ALIAS],
    datacenter: 'eu-west-1',
    region: 'eu',
    status: tenantStatus === false ? 'active' : tenantStatus,
    created,
    lastUpdated: created,
    statusLastUpdatedAt: created,
    links: { self: { href: `${origin}/api/v1/tenants/${TENANT_ID}` } },
  };
}

function attributes(item: Item): object {
  return {
    _resourcetype: 'app',
    createdDate: milliseconds(item.createdAt),
    description: item.description,
    dynamicColor: '',
    hasSectionAccess: false,
    id: item.resourceId,
    isDirectQueryMode: false,
    lastReloadTime: milliseconds(item.updatedAt),
    modifiedDate: milliseconds(item.updatedAt),
    name: item.name,
    originAppId: item.originAppId,
    owner: `auth0|${item.ownerId}`,
    ownerId: item.ownerId,
    publishTime: item.publishTime,
    published: item.published,
    spaceId: item.spaceId,
    thumbnail: '',
    usage: 'ANALYTICS',
  };
}

/** `2024-01-25T17:56:02Z`: how items write times. */
function seconds(time: number): string {
  return `${milliseconds(time).slice(0, 19)}Z`;
}

/** `2024-01-25T17:56:02.045Z`: how resource attributes do. */
function milliseconds(time: number): string {
  return new Date(time).toISOString();
}
