import { createSecureContext } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { failureOf, QlikError, type FailureKind, type Phase } from '../failure.ts';
import { responseOf, type HttpRequest, type HttpResponse, type HttpSession } from '../transport/http.ts';
import { ANY_TARGET } from '../transport/target-policy.ts';
import { RejectionBudget } from './rejections.ts';
import type { CloudConnection } from './tenant.ts';
import { AttemptsExhausted, TokenCache } from './token.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const secureContext = createSecureContext();

const acme: CloudConnection = {
  tenantUrl: 'https://acme.eu.qlikcloud.com',
  clientId: 'client',
  clientSecret: 'secret',
  policy: ANY_TARGET,
  secureContext,
};

const json = (status: number, body: unknown): HttpResponse =>
  responseOf({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const rejected = () => json(401, { errors: [{ code: 'OAUTH-22', title: 'Invalid client_secret' }] });
const unavailable = () => responseOf({ status: 503, headers: { 'content-type': 'text/html' }, body: '' });
const failure = (kind: FailureKind, phase: Phase = 'http', detail = 'oops') =>
  new QlikError({ kind, phase, endpoint: 'acme.eu.qlikcloud.com:443', detail });

/** A cache on a clock that stands still, and a tenant that holds its answers back until it is told to give them. */
class Stage {
  now = 5_000_000;
  readonly cache = new TokenCache(new RejectionBudget(() => this.now), () => this.now);
  readonly asked: { readonly request: HttpRequest; readonly answer: PromiseWithResolvers<HttpResponse> }[] =
    [];
  readonly session = {
    request: (request: HttpRequest) => {
      const answer = Promise.withResolvers<HttpResponse>();
      this.asked.push({ request, answer });
      return answer.promise;
    },
    failure: (kind: FailureKind, detail: string, phase: Phase = 'api') => failure(kind, phase, detail),
  } as unknown as HttpSession;

  get(
    change: Partial<CloudConnection> = {},
    { anew = false, signal = new AbortController().signal } = {},
  ): Promise<string> {
    return this.cache.get({ ...acme, ...change }, this.session, { anew, signal });
  }

  /** Answers the newest request. */
  answer(response: HttpResponse): void {
    this.asked.at(-1)?.answer.resolve(response);
  }

  grant(token: string, rest: object = { expires_in: 21_600 }): void {
    this.answer(json(200, { access_token: token, ...rest }));
  }

  /** Answers the request that a call makes. */
  async granted(token: string, change: Partial<CloudConnection> = {}, anew = false): Promise<string> {
    const got = this.get(change, { anew });
    this.grant(token);
    return got;
  }

  async refused(change: Partial<CloudConnection> = {}): Promise<unknown> {
    const got = kindOf(this.get(change));
    this.answer(rejected());
    return got;
  }
}

async function kindOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no failure',
    (error: unknown) => failureOf(error)?.kind ?? error,
  );
}

/** Lets everything go on that can. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a token', () => {
  test('is asked for as Qlik documents it, the secret in the body and without a scope', async () => {
    const stage = new Stage();
    expect(await stage.granted('T1')).toBe('T1');
    const { method, path, body = '', headers } = stage.asked[0]!.request;
    expect([method, path]).toEqual(['POST', '/oauth/token']);
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
    expect(JSON.parse(body)).toEqual({
      client_id: 'client',
      client_secret: 'secret',
      grant_type: 'client_credentials',
    });
  });

  test('is asked for once, however many want it at a time', async () => {
    const stage = new Stage();
    const all = Array.from({ length: 50 }, (_each, at) => stage.get({}, { anew: at % 2 === 0 }));
    await settle();
    expect(stage.asked.length).toBe(1);
    stage.grant('T1');
    expect(new Set(await Promise.all(all))).toEqual(new Set(['T1']));
    expect(stage.asked.length).toBe(1);
  });

  test('is kept for half an hour, counted from its request', async () => {
    const stage = new Stage();
    const first = stage.get();
    stage.now += 10_000;
    stage.grant('T1');
    expect(await first).toBe('T1');
    stage.now += 30 * MINUTE - 10_001;
    expect(await stage.get()).toBe('T1');
    stage.now += 1;
    expect(await stage.granted('T2')).toBe('T2');
    expect(stage.asked.length).toBe(2);
  });

  test.each([
    ['expires_in', { expires_in: 300 }, 4 * MINUTE],
    ['ten minutes where it is missing', {}, 9 * MINUTE],
  ])('is replaced a minute before its end, by %s', async (_by, rest, usable) => {
    const stage = new Stage();
    const first = stage.get();
    stage.grant('T1', rest);
    await first;
    stage.now += usable - 1;
    expect(await stage.get()).toBe('T1');
    stage.now += 1;
    expect(await stage.granted('T2')).toBe('T2');
  });

  test('is asked for anew on request, and then kept for all', async () => {
    const stage = new Stage();
    await stage.granted('T1');
    expect(await stage.granted('T2', {}, true)).toBe('T2');
    expect(await stage.get()).toBe('T2');
    expect(stage.asked.length).toBe(2);
  });

  test('of one tenant is never used at another with the same client and secret', async () => {
    const stage = new Stage();
    await stage.granted('T1');
    const other = { tenantUrl: 'https://other.eu.qlikcloud.com' };
    const port = { tenantUrl: 'https://acme.eu.qlikcloud.com:8443' };
    expect(await stage.granted('T2', other)).toBe('T2');
    expect(await stage.granted('T3', port)).toBe('T3');
    expect(await Promise.all([stage.get(), stage.get(other), stage.get(port)])).toEqual(['T1', 'T2', 'T3']);
    // The same tenant, written otherwise.
    expect(await stage.get({ tenantUrl: 'https://ACME.eu.qlikcloud.com:443/' })).toBe('T1');
  });

  test('of another client or secret is not used', async () => {
    const stage = new Stage();
    await stage.granted('T1');
    expect(await stage.granted('T2', { clientId: 'other' })).toBe('T2');
    expect(await stage.granted('T3', { clientSecret: 'replaced' })).toBe('T3');
    // Where client and secret meet is not left to chance.
    expect(await stage.granted('T4', { clientId: 'clients', clientSecret: 'ecret' })).toBe('T4');
  });

  test('of another secret is not used either when both are wanted at a time', async () => {
    const stage = new Stage();
    const [one, two] = [stage.get({ clientSecret: 'one' }), stage.get({ clientSecret: 'two' })];
    await settle();
    stage.grant('T1');
    await settle();
    stage.grant('T2');
    expect(await Promise.all([one, two])).toEqual(['T1', 'T2']);
  });

  test('that has expired is forgotten with the next request', async () => {
    const stage = new Stage();
    for (let client = 0; client < 50; client += 1) await stage.granted('T', { clientId: `client-${client}` });
    expect(stage.cache.size).toBe(50);
    stage.now += 6 * HOUR;
    await stage.granted('T');
    expect(stage.cache.size).toBe(1);
  });
});

describe('a request that fails', () => {
  test('is never kept: a secret that was mended works at once', async () => {
    const stage = new Stage();
    expect(await stage.refused({ clientSecret: 'wrong' })).toBe('CredentialsRejected');
    expect(await stage.granted('T1')).toBe('T1');
    expect(await stage.refused({ clientSecret: 'wrong' })).toBe('CredentialsRejected');
    expect(await stage.granted('T2', { clientSecret: 'wrong' })).toBe('T2');
  });

  test('takes the former token along: it is not used after a rejection', async () => {
    const stage = new Stage();
    await stage.granted('T1');
    stage.now += HOUR;
    expect(await stage.refused()).toBe('CredentialsRejected');
    expect(stage.cache.size).toBe(0);
  });

  test.each([
    ['a rejection', rejected, 'CredentialsRejected'],
    ['a 503', unavailable, 'ProxyUnavailable'],
  ])('by %s of the tenant counts for all who wait', async (_what, response, kind) => {
    const stage = new Stage();
    const all = Promise.all(Array.from({ length: 20 }, () => kindOf(stage.get())));
    await settle();
    stage.answer(response());
    expect(new Set(await all)).toEqual(new Set([kind]));
    expect(stage.asked.length).toBe(1);
  });

  test('because another check was cut short does not fail mine, however often that happens', async () => {
    const stage = new Stage();
    const all = Array.from({ length: 4 }, () => kindOf(stage.get()));
    for (let cut = 0; cut < 3; cut += 1) {
      await settle();
      expect(stage.asked.length).toBe(cut + 1);
      stage.asked.at(-1)?.answer.reject(failure('ResponseTimeout'));
    }
    await settle();
    stage.grant('T1');
    expect(await Promise.all(all)).toEqual([
      'ResponseTimeout',
      'ResponseTimeout',
      'ResponseTimeout',
      'no failure',
    ]);
  });

  test('ends the wait of a check that is over, though the other request still runs', async () => {
    const stage = new Stage();
    const other = stage.get();
    const check = new AbortController();
    const mine = kindOf(stage.get({}, { signal: check.signal }));
    await settle();
    check.abort();
    expect(await mine).toBe('ResponseTimeout');
    stage.grant('T1');
    expect(await other).toBe('T1');
  });

  test('never shows what a success may hold', async () => {
    const stage = new Stage();
    const got = stage.get();
    stage.answer(
      responseOf({
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: '{"access_token":"eyJhbGciOiJFUzM4NCJ9.secret"}',
      }),
    );
    const error = await got.catch((thrown: unknown) => thrown);
    expect(failureOf(error)?.kind).toBe('UnexpectedResponse');
    expect(JSON.stringify(error)).not.toContain('eyJ');
  });
});

describe('rejections', () => {
  test('are four an hour for one client, whatever the secrets; more are not attempted', async () => {
    const stage = new Stage();
    for (let count = 0; count < 4; count += 1) {
      expect(await stage.refused({ clientSecret: `wrong-${count}` })).toBe('CredentialsRejected');
    }
    await expect(stage.get({ clientSecret: 'another' })).rejects.toThrow(AttemptsExhausted);
    expect(stage.asked.length).toBe(4);
    expect(await stage.granted('T1', { clientId: 'other' })).toBe('T1');
    stage.now += HOUR;
    expect(await stage.granted('T2')).toBe('T2');
  });

  test('are four, too, when ten wrong secrets come together', async () => {
    const stage = new Stage();
    const all = Promise.all(
      Array.from({ length: 10 }, (_each, at) => kindOf(stage.get({ clientSecret: `wrong-${at}` }))),
    );
    for (let count = 0; count < 10; count += 1) {
      await settle();
      stage.answer(rejected());
    }
    const kinds = await all;
    expect(stage.asked.length).toBe(4);
    expect(kinds.filter((kind) => kind === 'CredentialsRejected').length).toBe(4);
    expect(kinds.filter((kind) => kind instanceof AttemptsExhausted).length).toBe(6);
  });

  test('do not take away a token that is still good', async () => {
    const stage = new Stage();
    await stage.granted('T1');
    for (let count = 0; count < 4; count += 1) await stage.refused({ clientSecret: 'wrong' });
    expect(await stage.get()).toBe('T1');
    await expect(stage.get({}, { anew: true })).rejects.toThrow(AttemptsExhausted);
    expect(await stage.get()).toBe('T1');
  });

  test('are only what the tenant said of the client: trouble costs nothing', async () => {
    const stage = new Stage();
    for (let count = 0; count < 10; count += 1) {
      const got = kindOf(stage.get());
      stage.answer(unavailable());
      expect(await got).toBe('ProxyUnavailable');
    }
    expect(await stage.granted('T1')).toBe('T1');
  });
});
