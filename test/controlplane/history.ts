import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import type { ControlPlane } from './start.ts';

/** Flags of the API server that keep every version of every object, in a form that can be read. */
export const HISTORY_FLAGS = ['--storage-media-type=application/json', '--etcd-compaction-interval=0'];

/** What became of an object by one write. */
export interface Version {
  /** Such as `jobs/NAMESPACE/NAME`, or `GROUP/PLURAL/NAMESPACE/NAME` of what a CRD defines. */
  readonly key: string;
  /** The resourceVersion: there is one order of all writes to all objects. */
  readonly revision: number;
  /** `undefined` when it was removed. */
  readonly object: unknown;
}

type Etcd = Pick<ControlPlane, 'etcdSocket'>;

interface Watched {
  readonly result?: {
    readonly events?: readonly {
      readonly type?: 'DELETE';
      readonly kv: { readonly key: string; readonly value?: string; readonly mod_revision: string };
    }[];
  };
}

const ROOT = '/registry/';
const END = '/registry0';

/**
 * Every write to every object since the beginning, in the order in which they were made, as etcd has it: neither a cache
 * nor a restart of the API server leaves any out, as it may in a watch. Ends when aborted.
 */
export async function* historyOf(etcd: Etcd, signal: AbortSignal): AsyncGenerator<Version> {
  const range = { key: base64(ROOT), range_end: base64(END), start_revision: '1' };
  const answer = await ask(etcd, '/v3/watch', { create_request: range }, signal);
  for await (const line of createInterface({ input: answer, crlfDelay: Infinity })) {
    const { result } = JSON.parse(line) as Watched;
    for (const { type, kv } of result?.events ?? []) {
      const key = text(kv.key).slice(ROOT.length);
      const object = type === 'DELETE' ? undefined : (JSON.parse(text(kv.value ?? '')) as unknown);
      yield { key, revision: Number(kv.mod_revision), object };
    }
  }
}

/** The resourceVersion of the last write to any object. */
export async function lastRevision(etcd: Etcd): Promise<number> {
  const answer = await ask(etcd, '/v3/kv/range', { key: base64(ROOT), count_only: true });
  const { header } = (await json(answer)) as { header: { revision: string } };
  return Number(header.revision);
}

async function ask(
  { etcdSocket }: Etcd,
  path: string,
  body: object,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json' };
  const options = { socketPath: etcdSocket, path, method: 'POST', headers };
  const asked = request(signal === undefined ? options : { ...options, signal });
  asked.end(JSON.stringify(body));
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}

function base64(plain: string): string {
  return Buffer.from(plain).toString('base64');
}

function text(encoded: string): string {
  return Buffer.from(encoded, 'base64').toString();
}
