import { readFault } from '../fault-value.ts';

/** The parts of a tenant that a fault can be confined to: unauthenticated documents, OAuth, who am I, and the lists. */
export type Area = 'discovery' | 'token' | 'users' | 'items';

/** All areas. */
export const AREAS = ['discovery', 'token', 'users', 'items'] as const satisfies readonly Area[];

/** What can be wrong with a tenant, or is not established of real ones. Everything can change while it runs; see `FAULT_HELP`. */
export interface Faults {
  readonly refused: boolean;
  readonly untrustedCa: boolean;
  readonly unknownHost: boolean | 'html';
  readonly windowsServer: boolean | 'login';
  readonly ipBlocked: boolean | 'json' | 'reset';
  readonly tenantDisabled: boolean | 401 | 404;
  readonly tenantStatus: false | 'disabled' | 'deleted' | 'user-access-disabled';
  readonly only: false | Area;
  readonly hang: boolean;
  readonly slow: number;
  readonly slowBody: number;
  readonly httpStatus: number;
  readonly html200: boolean;
  readonly truncatedJson: boolean | 'reset';
  readonly rateLimited: number;
  readonly maxParallel: number;
  readonly wellKnownProtected: boolean;
  readonly clientUnknown: boolean;
  readonly secretRejected: boolean | 400 | 401;
  readonly secretStatus: false | 400 | 401;
  readonly tokenRefused: false | 'consent' | 'clientDisabled' | 'grant' | 'scope' | 'tooManyTokens';
  readonly botDisabled: boolean;
  readonly basicAccepted: boolean;
  readonly capitalBearer: boolean;
  readonly expiresInMissing: boolean;
  readonly expiresAtMissing: boolean;
  readonly scopeMissing: boolean;
  readonly tokenLifetime: number;
  readonly tokenRevoked: boolean | 'nextPage';
  readonly unauthorizedBody: false | 'empty' | 'html';
  readonly absoluteLocation: boolean;
  readonly redirectElsewhere: boolean;
  readonly apiForbidden: boolean | 'items';
  readonly nothingVisible: boolean;
  readonly maxSpacesLimit: number;
  readonly pageLimit: number;
  readonly appsListMissing: boolean;
  readonly nextLinkElsewhere: boolean;
  readonly repeatedCursor: boolean;
  readonly emptyPageWithNext: boolean | 'forever';
  readonly nextNull: boolean | 'emptyHref';
}

/** A healthy tenant, and the default for everything that is not established. */
export const NO_FAULTS: Faults = {
  refused: false,
  untrustedCa: false,
  unknownHost: false,
  windowsServer: false,
  ipBlocked: false,
  tenantDisabled: false,
  tenantStatus: false,
  only: false,
  hang: false,
  slow: 0,
  slowBody: 0,
  httpStatus: 0,
  html200: false,
  truncatedJson: false,
  rateLimited: 0,
  maxParallel: 0,
  wellKnownProtected: false,
  clientUnknown: false,
  secretRejected: false,
  secretStatus: false,
  tokenRefused: false,
  botDisabled: false,
  basicAccepted: false,
  capitalBearer: false,
  expiresInMissing: false,
  expiresAtMissing: false,
  scopeMissing: false,
  tokenLifetime: 0,
  tokenRevoked: false,
  unauthorizedBody: false,
  absoluteLocation: false,
  redirectElsewhere: false,
  apiForbidden: false,
  nothingVisible: false,
  maxSpacesLimit: 0,
  pageLimit: 0,
  appsListMissing: false,
  nextLinkElsewhere: false,
  repeatedCursor: false,
  emptyPageWithNext: false,
  nextNull: false,
};

/** What each fault does, in a line for people. */
export const FAULT_HELP: Readonly<Record<keyof Faults, string>> = {
  refused: 'connections are refused',
  untrustedCa: 'a certificate of an unknown authority',
  unknownHost:
    'no tenant has this host name: 401 LOGIN-2 on every path; html: 404 pages at .well-known and OAuth',
  windowsServer: 'answers like a Windows site: 404 pages beside product-info; login: 302 to a login page',
  ipBlocked: 'the address is not on the allow list: 403 page everywhere; json: as errors; reset: no answer',
  tenantDisabled: 'the tenant is disabled: OAuth and API answer 403; or 401 or 404',
  tenantStatus: 'status that the tenant reports of itself: disabled, deleted or user-access-disabled',
  only: 'confines hang, slow, slowBody, httpStatus, html200, truncatedJson and rateLimited to discovery, token, users or items',
  hang: 'requests are never answered',
  slow: 'milliseconds before the first byte of every answer',
  slowBody: 'milliseconds between the two halves of every body',
  httpStatus: 'every path answers with this status and an HTML page, for example 503',
  html200: 'every path answers 200 with a login page',
  truncatedJson: 'JSON ends in the middle; reset: the connection does, too',
  rateLimited: 'OAuth and API answer 429 with this many seconds as Retry-After',
  maxParallel: 'more requests than this at a time are answered with 429',
  wellKnownProtected: 'the OAuth metadata need a token',
  clientUnknown: 'no OAuth client is known: 400 OAUTH-14',
  secretRejected: 'no secret is right: OAUTH-22 with the usual status; or 400 or 401',
  secretStatus: 'status of OAUTH-22: 400 or 401 (the default)',
  tokenRefused: 'no token because of: consent, clientDisabled, grant, scope or tooManyTokens',
  botDisabled: 'the bot user is disabled: 403 instead of a token',
  basicAccepted: 'client id and secret may come in an Authorization header',
  capitalBearer: 'token_type is Bearer instead of bearer',
  expiresInMissing: 'token answers lack expires_in',
  expiresAtMissing: 'token answers lack expires_at',
  scopeMissing: 'token answers lack scope',
  tokenLifetime: 'seconds that new tokens live instead of the usual 21600',
  tokenRevoked: 'no token is valid; nextPage: all become invalid once, when the next page of a list is asked',
  unauthorizedBody: 'body of 401 answers of the API: empty or html instead of errors',
  absoluteLocation: 'users/me and tenants/me redirect with an absolute URL',
  redirectElsewhere: 'users/me and tenants/me redirect to another host name',
  apiForbidden: 'users/me is answered with 403 AUTH-5; items: the lists are, for lack of permissions',
  nothingVisible: 'the bot user sees empty lists',
  maxSpacesLimit: 'the highest limit of the list of spaces instead of 100',
  pageLimit: 'pages of lists have so many entries at most, whatever is asked for',
  appsListMissing: 'the list of apps, which does not exist, answers 404 instead of 405',
  nextLinkElsewhere: 'links to the next page name another host',
  repeatedCursor: 'the next page is always the same one again',
  emptyPageWithNext: 'an empty page with a next link comes before each page; forever: only such pages',
  nextNull: 'the last page has a next link of null; emptyHref: of an empty address',
};

const choices: Partial<Record<keyof Faults, readonly (string | number)[]>> = {
  unknownHost: ['on', 'html'],
  windowsServer: ['on', 'login'],
  ipBlocked: ['on', 'json', 'reset'],
  tenantDisabled: ['on', 401, 404],
  tenantStatus: ['disabled', 'deleted', 'user-access-disabled'],
  only: AREAS,
  truncatedJson: ['on', 'reset'],
  secretRejected: ['on', 400, 401],
  secretStatus: [400, 401],
  tokenRefused: ['consent', 'clientDisabled', 'grant', 'scope', 'tooManyTokens'],
  tokenRevoked: ['on', 'nextPage'],
  unauthorizedBody: ['empty', 'html'],
  apiForbidden: ['on', 'items'],
  emptyPageWithNext: ['on', 'forever'],
  nextNull: ['on', 'emptyHref'],
};

/** Reads a fault as typed by a person (`html200`, `slow` + `3000`, `hang` + `off`). Throws an error that names what is allowed. */
export function parseFault(name: string, value = 'on'): Partial<Faults> {
  return readFault({ usual: NO_FAULTS, choices }, name, value);
}
