import type { QlikRecord } from './filter/property.ts';

const fields: Readonly<Record<string, readonly string[]>> = {
  app: [
    'name',
    'appId',
    'publishTime',
    'published',
    'stream',
    'savedInProductVersion',
    'migrationHash',
    'availabilityStatus',
  ],
  proxyservice: ['serverNodeConfiguration'],
  servicestatus: ['serverNodeConfiguration', 'serviceType', 'serviceState', 'timestamp'],
  stream: ['name'],
  user: ['userId', 'userDirectory', 'userDirectoryConnectorName', 'name'],
  virtualproxyconfig: ['prefix', 'description', 'sessionCookieHeaderName', 'authenticationMethod'],
};

/** The short shape in which `GET /qrs/{type}` lists a record: a user without roles, for example. */
export function condensed(type: string, record: QlikRecord): Record<string, unknown> {
  const kept = (fields[type] ?? []).map((name) => [name, record[name]]);
  return { id: record.id, ...Object.fromEntries(kept), privileges: null };
}
