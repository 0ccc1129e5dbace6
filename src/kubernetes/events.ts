import { randomBytes } from 'node:crypto';
import { collectionPath, EVENTS } from './resource.ts';
import type { ApiClient } from './term.ts';

const CONTROLLER = 'kpimailer.io/qlik-operator';
/** Bytes, not characters. */
const NOTE_LIMIT = 1024;

/** Something that happened to an object, for `kubectl describe` and `kubectl events`. */
export interface Happening {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly note: string;
  /** What was being done. @default 'Check' */
  readonly action?: string;
}

export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
}

/** Writes events of `events.k8s.io/v1`. */
export class EventRecorder {
  readonly #rest: ApiClient;
  readonly #instance: string;

  constructor(rest: ApiClient, instance: string) {
    this.#rest = rest;
    this.#instance = instance;
  }

  async record(regarding: Regarding, { type, reason, note, action = 'Check' }: Happening): Promise<void> {
    const { apiVersion, kind, metadata } = regarding;
    await this.#rest.request({
      method: 'POST',
      path: collectionPath(EVENTS, metadata.namespace),
      body: {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: {
          namespace: metadata.namespace,
          name: `${metadata.name}.${randomBytes(8).toString('hex')}`,
        },
        eventTime: new Date().toISOString().replace('Z', '000Z'),
        reportingController: CONTROLLER,
        reportingInstance: this.#instance,
        action,
        type,
        reason,
        note: truncated(note, NOTE_LIMIT),
        regarding: {
          apiVersion,
          kind,
          name: metadata.name,
          namespace: metadata.namespace,
          uid: metadata.uid,
          resourceVersion: metadata.resourceVersion,
        },
      },
    });
  }
}

/** At most so many bytes of UTF-8, without half a character at the end. */
function truncated(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while ((bytes.readUInt8(end) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
