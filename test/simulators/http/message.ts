import type { IncomingHttpHeaders } from 'node:http';

/** A request, read to its end. */
export interface Call {
  readonly method: string;
  /** Host as asked, path and query. */
  readonly url: URL;
  /** Path split at the slashes and percent-decoded, without empty parts. */
  readonly segments: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the connection before the answer, or in the middle of its body. */
  readonly reset?: 'before' | 'inside';
}
