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
  /** Of leases only. */
  readonly requestObject?: unknown;
  readonly responseStatus?: { readonly code?: number };
  /** RFC 3339 with microseconds. */
  readonly requestReceivedTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const BEGINNING = '{"kind":"Event","apiVersion":"audit.k8s.io/v1"';

/** Flags that make the API server write down every request, or those of some users, in that folder. */
export async function auditFlags(folder: string, users?: readonly string[]): Promise<string[]> {
  const file = join(folder, 'audit-policy.json');
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    // When the answer to a watch is complete, it is long over: its start is what counts.
    omitStages: ['RequestReceived'],
    rules: rulesFor(users === undefined ? {} : { users }),
  };
  await writeFile(file, JSON.stringify(policy));
  return [`--audit-policy-file=${file}`, `--audit-log-path=${logIn(folder)}`, '--audit-log-maxsize=2000'];
}

/** Who holds a lease stands in its spec. Everything else by its metadata: no entry has the data of a Secret. */
function rulesFor(whom: { readonly users?: readonly string[] }): object[] {
  return [
    { ...whom, level: 'Request', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
    { ...whom, level: 'Metadata' },
  ];
}

/** All requests so far, each once, in the order in which they were received. */
export function auditEntries({ folder }: { readonly folder: string }): AuditEntry[] {
  return readFileSync(logIn(folder), 'utf8')
    .split('\n')
    .flatMap(entriesIn)
    .filter(({ verb, stage }) => stage === (verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete'))
    .sort((a, b) => a.requestReceivedTimestamp.localeCompare(b.requestReceivedTimestamp));
}

type WholeEntry = AuditEntry & { readonly stage: string };

/** A line that is not whole counts for nothing; after a crash the next entry stands behind it in the same line. */
function entriesIn(line: string): WholeEntry[] {
  const start = line.lastIndexOf(BEGINNING);
  if (start < 0) return [];
  try {
    return [JSON.parse(line.slice(start)) as WholeEntry];
  } catch {
    return start === 0 ? [] : entriesIn(line.slice(0, start));
  }
}

function logIn(folder: string): string {
  return join(folder, 'audit.log');
}
