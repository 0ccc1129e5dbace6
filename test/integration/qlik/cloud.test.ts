import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CheckName } from '../../../src/api/conditions.ts';
import { MaterialMaker, type Material } from '../../../src/connections/material.ts';
import type { CheckOptions, CheckReport } from '../../../src/qlik/connector.ts';
import type { Phase } from '../../../src/qlik/failure.ts';
import type { Faults } from '../../simulators/cloud/faults.ts';
import { type CloudTenant, startCloudTenant } from '../../simulators/cloud/tenant.ts';
import { type Token, Tokens } from '../../simulators/cloud/tokens.ts';
import { problemOf } from '../connections/namespace.ts';
import { failureIn, materialForTenant, summary, type TenantDifference } from './connect.ts';

const TOKEN_REQUEST = 'POST /oauth/token';
const USER_REQUEST = 'GET /api/v1/users/{id}';
const GOOD = { ServerReachable: 'passed Reachable', Authenticated: 'passed TokenGranted' };

let tenant: CloudTenant;
const tenants: CloudTenant[] = [];
const start = async (...options: Parameters<typeof startCloudTenant>): Promise<CloudTenant> => {
  const started = await startCloudTenant(...options);
  tenants.push(started);
  return started;
};
beforeAll(async () => {
  tenant = await start();
});
afterEach(async () => {
  await tenant.clearFaults();
  tenant.resetCounters();
});
afterAll(() => Promise.all(tenants.map((each) => each.stop())));

/** Every token that was ever issued. */
const issued: string[] = [];
const issue = Reflect.get(Tokens.prototype, 'issue') as (...args: unknown[]) => Token;
Tokens.prototype.issue = function told(this: Tokens, ...args: unknown[]) {
  const token = issue.apply(this, args);
  issued.push(token.value);
  return token;
};

type Difference = Partial<TenantDifference>;

function material(difference: Difference = {}): Promise<Material> {
  return materialForTenant({ at: tenant, ...difference });
}

/** One whole check; nothing secret may stand in any text of it, redacted or not. */
async function check(difference: Difference = {}, options: Partial<CheckOptions> = {}): Promise<CheckReport> {
  const { connection } = await material(difference);
  const report = await connection.check({
    signal: new AbortController().signal,
    timeout: 60_000,
    proveAnew: false,
    proveSignIn: () => true,
    ...options,
  });
  const text = JSON.stringify([[...report.outcomes], report.errors.map(String), report.product]);
  const secrets = [tenant.clientSecret, difference.secret, ...issued];
  const found = secrets.filter((secret) => secret !== undefined && text.includes(secret.trim().slice(0, 40)));
  expect(found).toEqual([]);
  expect(report.errors).toEqual([]);
  return report;
}

describe('a healthy tenant', () => {
  test('passes both checks and says who it is', async () => {
    const report = await check();
    expect(summary(report)).toEqual(GOOD);
    expect(report.product).toEqual({ name: 'Qlik Cloud', id: expect.stringMatching(/^[\w-]+$/u) as unknown });
    expect(tenant.counters.requests).toEqual({
      'GET /.well-known/oauth-authorization-server': 1,
      [TOKEN_REQUEST]: 1,
      'GET /api/v1/users/me': 1,
      [USER_REQUEST]: 1,
    });
    expect(tenant.counters.handshakes).toBe(1);
  });

  test.each<Partial<Faults>>([
    { absoluteLocation: true },
    { redirectElsewhere: true },
    { capitalBearer: true },
    { expiresInMissing: true, expiresAtMissing: true, scopeMissing: true },
    { slow: 50 },
    { slowBody: 50 },
    { apiForbidden: 'items' },
    { nothingVisible: true },
  ])('may be like %o', async (faults) => {
    await tenant.setFaults(faults);
    expect(summary(await check())).toEqual(GOOD);
    // Nothing was ever asked of another host, the token least of all.
    expect(Object.keys(tenant.counters.hosts)).toEqual(['localhost']);
  });

  test('takes a secret with white space around it', async () => {
    expect(summary(await check({ secret: ` ${tenant.clientSecret}\r\n` }))).toEqual(GOOD);
  });

  test('has a token again after it was revoked', async () => {
    const maker = new MaterialMaker();
    await check({ maker });
    await check({ maker });
    expect(tenant.requests(TOKEN_REQUEST)).toBe(1);
    tenant.revokeTokens();
    expect(summary(await check({ maker }))).toEqual(GOOD);
    expect(tenant.requests(TOKEN_REQUEST)).toBe(2);
    expect(summary(await check({ maker }))).toEqual(GOOD);
    expect(tenant.requests(TOKEN_REQUEST)).toBe(2);
  });

  test('is asked for a new token where everything is to be proved anew', async () => {
    const maker = new MaterialMaker();
    await check({ maker });
    await check({ maker }, { proveAnew: true });
    expect(tenant.requests(TOKEN_REQUEST)).toBe(2);
  });

  test('is asked for one token by many checks at a time', async () => {
    const maker = new MaterialMaker();
    const reports = await Promise.all(Array.from({ length: 20 }, () => check({ maker })));
    for (const report of reports) expect(summary(report)).toEqual(GOOD);
    expect(tenant.requests(TOKEN_REQUEST)).toBe(1);
  });

  test('is the same connection whatever the web integration is', async () => {
    const { fingerprint } = await material();
    expect((await material({ cloud: { webIntegrationId: 'wi' } })).fingerprint).toBe(fingerprint);
    expect((await material({ cloud: { clientId: 'other' } })).fingerprint).not.toBe(fingerprint);
    expect((await material({ cloud: { tenantUrl: tenant.aliasUrl } })).fingerprint).not.toBe(fingerprint);
    expect((await material({ secret: 'other' })).fingerprint).not.toBe(fingerprint);
  });
});

describe('each fault shows in one check', () => {
  const failing = (at: CheckName, kind: string) =>
    at === 'ServerReachable'
      ? { ServerReachable: `failed ${kind}`, Authenticated: 'notRun ServerReachable' }
      : { ...GOOD, Authenticated: `failed ${kind}` };

  test.each<[Partial<Faults>, CheckName, string, Phase, string]>([
    [{ refused: true }, 'ServerReachable', 'ConnectionRefused', 'tcp', 'nothing listens'],
    [{ untrustedCa: true }, 'ServerReachable', 'UnknownCA', 'tls', '"CN=stranger-CA"'],
    [{ unknownHost: true }, 'ServerReachable', 'UnknownTenant', 'api', 'HTTP 401, LOGIN-2'],
    [{ unknownHost: 'html' }, 'ServerReachable', 'NotQlikCloud', 'api', 'HTTP 404 (text/html): Not Found)'],
    [
      { windowsServer: true },
      'ServerReachable',
      'NotQlikCloud',
      'api',
      'Qlik Sense on Windows, which needs type: OnPremise',
    ],
    [{ windowsServer: 'login' }, 'ServerReachable', 'NotQlikCloud', 'api', 'needs type: OnPremise'],
    [{ ipBlocked: true }, 'ServerReachable', 'AccessBlocked', 'api', 'HTTP 403 (text/html): Forbidden'],
    [{ ipBlocked: 'json' }, 'ServerReachable', 'AccessBlocked', 'api', 'HTTP 403, HTTP-403 "Forbidden"'],
    [{ ipBlocked: 'reset' }, 'ServerReachable', 'ConnectionFailed', 'http', ''],
    [{ httpStatus: 502 }, 'ServerReachable', 'ProxyUnavailable', 'http', 'HTTP 502 (text/html): Error 502'],
    [{ httpStatus: 503 }, 'ServerReachable', 'ProxyUnavailable', 'http', 'HTTP 503 (text/html): Error 503'],
    [{ httpStatus: 504 }, 'ServerReachable', 'ProxyUnavailable', 'http', 'HTTP 504'],
    [{ httpStatus: 500 }, 'ServerReachable', 'NotQlikCloud', 'api', 'HTTP 500 (text/html): Error 500'],
    [{ html200: true }, 'ServerReachable', 'NotQlikCloud', 'api', 'HTTP 200 (text/html): Log in'],
    [{ truncatedJson: true }, 'ServerReachable', 'NotQlikCloud', 'api', 'HTTP 200 (application/json)'],
    [{ truncatedJson: 'reset' }, 'ServerReachable', 'ConnectionFailed', 'http', ''],
    [{ rateLimited: 13, only: 'discovery' }, 'ServerReachable', 'RateLimited', 'api', 'HTTP 429'],
    [
      { tenantDisabled: true },
      'Authenticated',
      'ClientForbidden',
      'api',
      'HTTP 403, HTTP-403 "Tenant is disabled"',
    ],
    [{ tenantDisabled: 401 }, 'Authenticated', 'CredentialsRejected', 'api', 'Tenant is disabled'],
    [{ tenantDisabled: 404 }, 'Authenticated', 'UnexpectedResponse', 'api', 'Tenant is disabled'],
    [
      { rateLimited: 13 },
      'Authenticated',
      'RateLimited',
      'api',
      'HTTP 429, HTTP-429 "API rate limit reached."',
    ],
    [{ httpStatus: 503, only: 'token' }, 'Authenticated', 'ProxyUnavailable', 'http', 'HTTP 503'],
    [{ html200: true, only: 'token' }, 'Authenticated', 'UnexpectedResponse', 'api', 'HTTP 200 (text/html)'],
    [{ truncatedJson: true, only: 'token' }, 'Authenticated', 'UnexpectedResponse', 'api', 'HTTP 200'],
    [
      { clientUnknown: true },
      'Authenticated',
      'CredentialsRejected',
      'api',
      'the client ID is not accepted (HTTP 400, OAUTH-14',
    ],
    [
      { secretRejected: 400 },
      'Authenticated',
      'CredentialsRejected',
      'api',
      'the client secret is not accepted (HTTP 400, OAUTH-22',
    ],
    [
      { secretRejected: 401 },
      'Authenticated',
      'CredentialsRejected',
      'api',
      'the client secret is not accepted (HTTP 401, OAUTH-22',
    ],
    [{ tokenRefused: 'consent' }, 'Authenticated', 'CredentialsRejected', 'api', 'OAUTH-14'],
    [
      { tokenRefused: 'clientDisabled' },
      'Authenticated',
      'CredentialsRejected',
      'api',
      'OAuth client is disabled',
    ],
    [{ tokenRefused: 'grant' }, 'Authenticated', 'CredentialsRejected', 'api', 'Invalid request parameters'],
    [{ tokenRefused: 'tooManyTokens' }, 'Authenticated', 'ClientForbidden', 'api', 'HTTP 403'],
    [{ botDisabled: true }, 'Authenticated', 'ClientForbidden', 'api', 'HTTP 403'],
    [{ rateLimited: 13, only: 'users' }, 'Authenticated', 'RateLimited', 'api', 'HTTP 429'],
    [{ httpStatus: 502, only: 'users' }, 'Authenticated', 'ProxyUnavailable', 'http', 'HTTP 502'],
    [
      { html200: true, only: 'users' },
      'Authenticated',
      'UnexpectedResponse',
      'api',
      'HTTP 200 (text/html): Log in',
    ],
    [{ truncatedJson: true, only: 'users' }, 'Authenticated', 'UnexpectedResponse', 'api', 'HTTP 200'],
    [{ tokenRevoked: true }, 'Authenticated', 'TokenRefused', 'api', 'HTTP 401, HTTP-401 "Unauthorized"'],
    [{ tokenRevoked: true, unauthorizedBody: 'empty' }, 'Authenticated', 'TokenRefused', 'api', 'HTTP 401'],
    [
      { tokenRevoked: true, unauthorizedBody: 'html' },
      'Authenticated',
      'TokenRefused',
      'api',
      'HTTP 401 (text/html)',
    ],
    [{ apiForbidden: true }, 'Authenticated', 'Forbidden', 'api', 'HTTP 403, AUTH-5 "Forbidden"'],
  ])('%o is %s: %s', async (...[faults, at, kind, phase, detail]) => {
    await tenant.setFaults(faults);
    const report = await check();
    expect(summary(report)).toEqual(failing(at, kind));
    const failure = failureIn(report, at);
    expect(failure).toMatchObject({ phase, endpoint: `localhost:${tenant.port}` });
    expect(failure.detail).toContain(detail);
    expect(failure.detail).not.toMatch(/\b13\b|trace|0000/u);
    // The next check says the same, word for word.
    expect(failureIn(await check(), at)).toEqual(failure);
  });

  test('a token that is refused again is asked for once more only', async () => {
    await tenant.setFault('tokenRevoked', true);
    await check();
    expect(tenant.requests(TOKEN_REQUEST)).toBe(2);
  });

  test.each<[Partial<Faults>, CheckName]>([
    [{ hang: true }, 'ServerReachable'],
    [{ hang: true, only: 'token' }, 'Authenticated'],
    [{ hang: true, only: 'users' }, 'Authenticated'],
    [{ slowBody: 60_000, only: 'users' }, 'Authenticated'],
  ])('%o ends with the timeout', async (faults, at) => {
    await tenant.setFaults(faults);
    const from = performance.now();
    const report = await check({}, { timeout: 300 });
    expect(performance.now() - from).toBeLessThan(2000);
    expect(failureIn(report, at)).toMatchObject({ kind: 'ResponseTimeout', phase: 'http' });
  });

  test('one check that is given up fails no other that waits for the same token', async () => {
    await tenant.setFaults({ slow: 300, only: 'token' });
    const maker = new MaterialMaker();
    const impatient = check({ maker }, { timeout: 200 });
    const patient = [check({ maker }), check({ maker })];
    expect(failureIn(await impatient, 'Authenticated').kind).toBe('ResponseTimeout');
    for (const report of await Promise.all(patient)) expect(summary(report)).toEqual(GOOD);
  });

  test('an empty client secret is never sent', async () => {
    const problem = await problemOf(material({ secret: ' \n' }));
    expect(problem.reason).toBe('EmptySecret');
    expect(tenant.counters.connections).toBe(0);
  });
});

test('a tenant that limits the rate says for how long', async () => {
  await tenant.setFault('rateLimited', 13);
  expect(failureIn(await check({}, { proveAnew: true }), 'Authenticated').retryAfter).toBe(13_000);
});

describe('tokens and rejections', () => {
  test('two tenants with the same client ID and secret never share a token', async () => {
    const client = { clientId: 'same', clientSecret: 'the-same-secret-of-both-tenants' };
    const [one, two] = [await start({ client }), await start({ client })];
    const maker = new MaterialMaker();
    for (let round = 0; round < 2; round += 1) {
      expect(summary(await check({ at: one, maker }))).toEqual(GOOD);
      expect(summary(await check({ at: two, maker }))).toEqual(GOOD);
    }
    expect([one.tokensIssued, two.tokensIssued]).toEqual([1, 1]);
    expect([one.requests(USER_REQUEST), two.requests(USER_REQUEST)]).toEqual([2, 2]);
  });

  test('a rejected secret that is replaced works at once', async () => {
    const maker = new MaterialMaker();
    const wrong = await check({ maker, secret: 'certainly-not-the-secret' });
    expect(failureIn(wrong, 'Authenticated').kind).toBe('CredentialsRejected');
    expect(summary(await check({ maker }))).toEqual(GOOD);
  });

  test('a secret that was rotated is noticed with the next proof, not before', async () => {
    const maker = new MaterialMaker();
    const at = await start();
    const { clientSecret: secret } = at;
    await check({ at, maker, secret });
    at.rotateSecret();
    expect(summary(await check({ at, maker, secret }))).toEqual(GOOD);
    const proved = await check({ at, maker, secret }, { proveAnew: true });
    expect(failureIn(proved, 'Authenticated').detail).toContain('OAUTH-22');
    expect(summary(await check({ at, maker }))).toEqual(GOOD);
  });

  test('the fifth attempt within an hour is not made, and keeps the last verdict', async () => {
    const maker = new MaterialMaker();
    const at = await start();
    const attempt = (number: number) =>
      check({ at, maker, secret: `certainly-not-the-secret-${number}` }, { proveAnew: true });
    for (let number = 0; number < 4; number += 1)
      expect(failureIn(await attempt(number), 'Authenticated').kind).toBe('CredentialsRejected');
    expect((await attempt(4)).outcomes.get('Authenticated')).toMatchObject({
      kind: 'kept',
      why: 'AttemptsExhausted',
      detail: expect.stringContaining('not asked again within the hour') as unknown,
    });
    expect(at.requests(TOKEN_REQUEST)).toBe(4);
    // Another client of the same tenant is not concerned.
    const { clientId, clientSecret: secret } = at.addClient();
    expect(summary(await check({ at, maker, secret, cloud: { clientId } }))).toEqual(GOOD);
  });

  test('ten wrong secrets at a time are four attempts, too', async () => {
    const maker = new MaterialMaker();
    const at = await start();
    const reports = await Promise.all(
      Array.from({ length: 10 }, (_each, number) => check({ at, maker, secret: `surely-wrong-${number}` })),
    );
    const results = reports.map((report) => summary(report).Authenticated);
    expect(results.filter((result) => result === 'kept').length).toBe(6);
    expect(at.requests(TOKEN_REQUEST)).toBe(4);
  });
});
