import { describe, expect, test } from 'vitest';
import { exampleServer } from '../../../test/integration/server/examples.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import { QlikError } from '../../qlik/failure.ts';
import type { SyncResult } from './sync.ts';
import { verdictOf, verdictOfError } from './verdict.ts';

const server = exampleServer();
const KEPT = 'nothing is removed from the QlikApps meanwhile';

const complete = (seesAll: boolean) => ({ kind: 'complete', places: new Set<string>(), seesAll }) as const;

function after(difference: Partial<SyncResult>): string {
  const usual = { end: complete(true), apps: 3, listed: 3, added: 0, changed: 0, removed: 0 };
  const { status, reason, message } = verdictOf(server, {
    ...usual,
    unknownPlaces: [],
    suspicion: undefined,
    ...difference,
  });
  return `${status}/${reason}: ${message}`;
}

describe('after a sync', () => {
  test.each<[string, Partial<SyncResult>, string]>([
    ['that was complete', {}, 'True/AppsSynced: every published app has its QlikApp'],
    [
      'that was incomplete',
      { end: { kind: 'incomplete', why: 'an app was listed twice' } },
      `False/ListingIncomplete: an app was listed twice; it is tried again, and ${KEPT}`,
    ],
    [
      'with fewer rights',
      { end: { kind: 'reduced', why: 'CORP\\svc sees fewer' } },
      `False/RightsReduced: CORP\\svc sees fewer; ${KEPT}`,
    ],
    ['of an empty site', { listed: 0, apps: 0 }, 'True/NoAppsVisible: the site has no published app'],
    [
      'of a site whose apps are all filtered out',
      { listed: 3, apps: 0 },
      'True/AppsSynced: every published app has its QlikApp',
    ],
    [
      'of a site with unknown streams',
      { unknownPlaces: ['A', 'B'] },
      `False/PublishedInNotFound: spec.appSync.publishedIn names no stream of the server: "A", "B"; correct it; ${KEPT}`,
    ],
    [
      'of an empty site with unknown streams',
      { unknownPlaces: ['A'], listed: 0 },
      `False/PublishedInNotFound: spec.appSync.publishedIn names no stream of the server: "A"; correct it; ${KEPT}`,
    ],
  ])('%s', (_what, difference, expected) => {
    expect(after(difference)).toBe(expected);
  });

  test('of a tenant that shows nothing, nobody knows', () => {
    expect(after({ end: complete(false), listed: 0 })).toMatch(/^Unknown\/NoAppsVisible: the OAuth client/u);
  });

  test('that is suspicious, the message ends with what to do', () => {
    for (const listed of [0, 3]) {
      const text = after({ end: complete(false), suspicion: '0123456789abcdef', listed });
      expect(text).toMatch(/^Unknown\/SuspiciousListing: so many apps/u);
      expect(text).toMatch(
        / kubectl annotate --overwrite qs finance --namespace=kpi kpimailer\.io\/acceptRemovals=0123456789abcdef$/u,
      );
    }
  });
});

describe('after an error', () => {
  const failure = (kind: 'RateLimited' | 'MissingRole') =>
    new QlikError({ kind, phase: 'api', endpoint: 'q:4242', detail: 'seen' });

  test('of the Qlik server, the condition has its reason and advice', () => {
    expect(verdictOfError(failure('RateLimited'))).toEqual({
      status: 'False',
      reason: 'RateLimited',
      message: `q:4242 (api): seen; look for other programs that use the same OAuth client if this lasts; ${KEPT}`,
    });
  });

  test.each([403, 409, 422])('%i of the API server, the apps could not be written', (code) => {
    expect(verdictOfError(new ApiError(code, '', 'exceeded quota'))).toEqual({
      status: 'False',
      reason: 'AppsNotWritten',
      message:
        'the API server refuses to store QlikApps: exceeded quota; check the rights of the operator and the quotas of the namespace',
    });
  });

  test.each<[string, unknown]>([
    ['429 of the API server', new ApiError(429, '', 'storage is (re)initializing')],
    ['410 of the API server', new ApiError(410, 'Expired', 'the continue token is too old')],
    ['500 of the API server', new ApiError(500, '', 'down')],
    ['503 of the API server', new ApiError(503, '', 'down')],
    ['a connection to the API server', new Error('ECONNRESET')],
    ['a fault of our own', new TypeError('x')],
  ])('of %s, there is nothing to say of the server', (_what, error) => {
    expect(verdictOfError(error)).toBeUndefined();
  });
});
