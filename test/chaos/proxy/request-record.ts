import type { IncomingMessage } from 'node:http';
import { type ApiPath, parseApiPath } from './api-path.ts';
import type { FaultKind } from './fault.ts';

/** A request that reached the proxy, and what became of it. */
export interface RequestRecord extends ApiPath {
  readonly id: number;
  /** Of the client; requests over a connection that was kept have the same. */
  readonly connection: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly userAgent: string;
  readonly isWatch: boolean;
  /** Whether it asks for a whole collection, be it as the beginning of a watch. */
  readonly isList: boolean;
  /** What the client was answered; undefined as long as it was not, or for good. */
  status: number | undefined;
  /** The faults that it met, in order. */
  readonly faults: FaultKind[];
  /** When it was over, as seen by the proxy. */
  endTime: number | undefined;
}

/** What the proxy knows of a request before anything is done about it. */
export function recordOf(request: IncomingMessage, id: number, connection: number): RequestRecord {
  const { method = 'GET', url = '/', headers } = request;
  const { pathname, searchParams } = new URL(url, 'https://api-server');
  const query = Object.fromEntries(searchParams);
  const about = parseApiPath(pathname);
  const isWatch = method === 'GET' && ['true', '1'].includes(query['watch'] ?? '');
  return {
    ...about,
    id,
    connection,
    time: Date.now(),
    method,
    path: pathname,
    query,
    userAgent: headers['user-agent'] ?? '',
    isWatch,
    isList: method === 'GET' && isCollection(about) && (!isWatch || query['sendInitialEvents'] === 'true'),
    status: undefined,
    faults: [],
    endTime: undefined,
  };
}

function isCollection({ resource, name }: ApiPath): boolean {
  return resource !== undefined && name === undefined;
}
