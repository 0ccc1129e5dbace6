import type { QlikServer } from '../../api/qlikserver.ts';
import { ACCEPT_REMOVALS_ANNOTATION } from '../../api/group.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import { failureOf, type Failure } from '../../qlik/failure.ts';
import { explain, messageOf } from '../server/explain.ts';
import type { Verdict } from '../server/verdict.ts';
import type { SyncResult } from './sync.ts';

/** The end of a message while the list is not known to be complete. */
const KEPT = 'nothing is removed from the QlikApps meanwhile';

/** What AppsSynced says after a sync that came to its end. */
export function verdictOf(server: QlikServer, result: SyncResult): Verdict {
  const { end, unknownPlaces, suspicion, listed } = result;
  if (end.kind === 'reduced') return failed('RightsReduced', `${end.why}; ${KEPT}`);
  if (end.kind === 'incomplete')
    return failed('ListingIncomplete', `${end.why}; it is tried again, and ${KEPT}`);
  if (unknownPlaces.length > 0)
    return failed('PublishedInNotFound', unknownPlacesMessage(server, unknownPlaces));
  if (suspicion !== undefined)
    return { status: 'Unknown', reason: 'SuspiciousListing', message: suspicionMessage(server, suspicion) };
  if (listed === 0) return nothingVisible(end.seesAll);
  return { status: 'True', reason: 'AppsSynced', message: 'every published app has its QlikApp' };
}

/** Answers of an API server that refuse nothing: too old a page of a list, and too much at once. */
const PASSING: ReadonlySet<number> = new Set([410, 429]);

/** What AppsSynced says after one that did not; `undefined`, if the error is neither of the Qlik server nor of ours to tell. */
export function verdictOfError(error: unknown): Verdict | undefined {
  const failure = failureOf(error);
  if (failure !== undefined) return verdictOfFailure(failure);
  if (!(error instanceof ApiError) || PASSING.has(error.code) || error.code >= 500) return undefined;
  return failed(
    'AppsNotWritten',
    `the API server refuses to store QlikApps: ${error.message}; check the rights of the operator and the quotas of the namespace`,
  );
}

function verdictOfFailure(failure: Failure): Verdict {
  return failed(explain(failure).reason, `${messageOf(failure)}; ${KEPT}`);
}

function failed(reason: Verdict['reason'], message: string): Verdict {
  return { status: 'False', reason, message };
}

function unknownPlacesMessage({ spec }: QlikServer, names: readonly string[]): string {
  const kind = spec.type === 'Cloud' ? 'managed space' : 'stream';
  const list = names.map((name) => `"${name}"`).join(', ');
  return `spec.appSync.publishedIn names no ${kind} of the server: ${list}; correct it; ${KEPT}`;
}

function suspicionMessage({ metadata }: QlikServer, hash: string): string {
  return (
    `so many apps are not listed any more that the rights of the OAuth client may have changed, so they are kept until they have been missing for 24 hours; ` +
    `if they are really gone: kubectl annotate --overwrite qs ${metadata.name} --namespace=${metadata.namespace} ${ACCEPT_REMOVALS_ANNOTATION}=${hash}`
  );
}

/** A tenant shows nothing also to a client that may see nothing. */
function nothingVisible(seesAll: boolean): Verdict {
  return seesAll
    ? { status: 'True', reason: 'NoAppsVisible', message: 'the site has no published app' }
    : {
        status: 'Unknown',
        reason: 'NoAppsVisible',
        message:
          'the OAuth client is authenticated and sees no published app; unless the tenant has none, give it the scope admin.apps:read or a role in the managed spaces',
      };
}
