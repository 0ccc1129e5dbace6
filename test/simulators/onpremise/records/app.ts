import type { QlikRecord } from '../filter/property.ts';

/** How QRS writes a time that never was: of an app that is unpublished or was never reloaded. */
export const NEVER = '1753-01-01T00:00:00.000Z';

/** A reference to a stream. */
export interface StreamReference {
  readonly id: string;
  readonly name: string;
  readonly privileges: null;
}

/** An app, full shape. */
export interface AppRecord extends QlikRecord {
  readonly name: string;
  readonly createdDate: string;
  readonly modifiedDate: string;
  readonly published: boolean;
  readonly publishTime: string;
  readonly lastReloadTime: string;
  /** Of an unpublished app too, if it was published before. */
  readonly stream: StreamReference | null;
}

/** What an app shall be; everything else is usual. */
export interface AppOptions {
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  /** Default: true. */
  readonly published?: boolean;
  /** Name of its stream, or null. Default: Marketing for a published app, null for others. */
  readonly stream?: string | null;
  readonly modifiedDate?: string;
  readonly lastReloadTime?: string;
  /** Custom properties, one value each. */
  readonly customProperties?: Readonly<Record<string, string>>;
  /** Names of tags. */
  readonly tags?: readonly string[];
}

/** Makes the full record of an app. */
export function appRecord(
  id: string,
  options: AppOptions,
  stream: StreamReference | null,
  now: string,
): AppRecord {
  const { name = 'App', description = '', published = true } = options;
  return {
    id,
    createdDate: '2017-03-16T01:55:00.000Z',
    modifiedDate: options.modifiedDate ?? now,
    modifiedByUserName: 'CORP\\jane',
    customProperties: Object.entries(options.customProperties ?? {}).map(customProperty),
    owner: OWNER,
    name,
    appId: '',
    sourceAppId: '00000000-0000-0000-0000-000000000000',
    targetAppId: '00000000-0000-0000-0000-000000000000',
    publishTime: published ? now : NEVER,
    published,
    tags: (options.tags ?? []).map((tag) => ({ id: guidOf('5000', tag), name: tag, privileges: null })),
    description,
    stream,
    fileSize: 1_489_330,
    lastReloadTime: options.lastReloadTime ?? NEVER,
    thumbnail: '',
    savedInProductVersion: '12.2.2',
    migrationHash: '82b8362010f6f32f12217392e08c75194db0d4fc',
    dynamicColor: '',
    availabilityStatus: 0,
    privileges: ['read', 'update'],
    schemaPath: 'App',
  };
}

const OWNER = {
  id: '3ebf2f0c-3f4c-4d3f-9a56-0c5f1e9a7a03',
  userId: 'jane',
  userDirectory: 'CORP',
  userDirectoryConnectorName: 'CORP',
  name: 'Jane Doe',
  privileges: null,
} as const;

function customProperty([name, value]: readonly [string, string]): unknown {
  const definition = {
    id: guidOf('6000', name),
    name,
    valueType: 'Text',
    choiceValues: [value],
    privileges: null,
  };
  return { id: guidOf('6100', name + value), value, definition, schemaPath: 'CustomPropertyValue' };
}

/** A GUID that is the same for the same text. */
export function guidOf(kind: string, text: string): string {
  const digits = Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 2 ** 40, 7);
  return `1eac4900-d033-${kind}-9000-${digits.toString(16).padStart(12, '0')}`;
}
