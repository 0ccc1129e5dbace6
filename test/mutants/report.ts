import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What is read of Vitest's JSON report. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** A test that was run. */
export interface Ran {
  readonly file: string;
  readonly name: string;
  /** Why it failed; nothing, if it passed. */
  readonly failure: string | undefined;
}

/** How a run of tests went. */
export interface Report {
  readonly ran: readonly Ran[];
  /** Files that failed without a test that did: they could not be loaded, or their set-up failed. */
  readonly broken: readonly string[];
}

const NAME = 'mutants-report.json';

export function reportPath(folder: string): string {
  return join(folder, NAME);
}

/** Takes the report of a run away, so that the next one cannot be mistaken for it; `undefined`, if there is none. */
export async function takeReport(folder: string): Promise<Report | undefined> {
  try {
    return parsed(JSON.parse(await readFile(reportPath(folder), 'utf8')) as VitestReport, folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(reportPath(folder), { force: true });
  }
}

function parsed({ testResults }: VitestReport, folder: string): Report {
  const files = testResults.map(({ name, status, message = '', assertionResults }) => {
    const file = relative(folder, name);
    const ran = assertionResults
      .filter(({ status: ended }) => ended === 'passed' || ended === 'failed')
      .map(({ fullName, status: ended, failureMessages }) => ({
        file,
        name: fullName,
        failure: ended === 'failed' ? (failureMessages?.[0] ?? 'it does not say why') : undefined,
      }));
    const isBroken = status === 'failed' && ran.every(({ failure }) => failure === undefined);
    return { ran, broken: isBroken ? [`${file}: ${message}`] : [] };
  });
  return { ran: files.flatMap(({ ran }) => ran), broken: files.flatMap(({ broken }) => broken) };
}
