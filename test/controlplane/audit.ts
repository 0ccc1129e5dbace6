import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One request as the API server has answered it: who did what to which object. */
export interface AuditEntry {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  /** RFC 3339 with microseconds. */
  readonly requestReceivedTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** When the answer to a watch is complete, it is long over: its start is what counts. */
const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** Flags that make the API server write down every request, in that folder. */
export async function auditFlags(folder: string): Promise<string[]> {
  const policy = join(folder, 'audit-policy.json');
  await writeFile(policy, JSON.stringify(POLICY));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${logIn(folder)}`, '--audit-log-maxsize=2000'];
}

/** All requests so far, each once, in the order in which they were received. */
export function auditEntries({ folder }: { readonly folder: string }): AuditEntry[] {
  const lines = readFileSync(logIn(folder), 'utf8').split('\n');
  // What stands behind the last end of a line is still being written.
  const entries = lines
    .slice(0, -1)
    .map((line) => JSON.parse(line) as AuditEntry & { readonly stage: string });
  return entries
    .filter(({ verb, stage }) => stage === (verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete'))
    .sort((a, b) => a.requestReceivedTimestamp.localeCompare(b.requestReceivedTimestamp));
}

function logIn(folder: string): string {
  return join(folder, 'audit.log');
}
