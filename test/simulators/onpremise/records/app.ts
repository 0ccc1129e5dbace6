import type { QlikRecord } from '../filter/property.ts';
import { CREATED } from './created.ts';

/** Three apps, two of them published: enough to see whether a list is filtered. */
export function apps(): readonly QlikRecord[] {
  return [
    app('5a94e3e9-157c-4ec2-8e65-f0a427290d14', 'Customer Experience [Telco]', true),
    app('5a94e3e9-157c-4ec2-8e65-f0a427290d15', "Finance: O'Brien & Sons", true),
    app('5a94e3e9-157c-4ec2-8e65-f0a427290d16', 'Draft', false),
  ];
}

function app(id: string, name: string, published: boolean): QlikRecord {
  return {
    id,
    ...CREATED,
    customProperties: [],
    name,
    appId: '',
    publishTime: published ? '2017-03-16T01:58:18.310Z' : '1753-01-01T00:00:00.000Z',
    published,
    stream: published
      ? { id: '1eac4900-d033-4e02-90da-6630189e252b', name: 'Marketing', privileges: null }
      : null,
    savedInProductVersion: '12.2.2',
    migrationHash: '82b8362010f6f32f12217392e08c75194db0d4fc',
    availabilityStatus: 0,
    privileges: ['read', 'update'],
    schemaPath: 'App',
  };
}
