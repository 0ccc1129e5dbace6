import { describe, expect, test } from 'vitest';
import { searchForSecrets, useLab } from './lab.ts';
import { HEALTHY } from './scenario.ts';
import { CloudWorld } from './cloud-world.ts';
import { conditionOf, shortly } from './conditions.ts';
import { World } from './world.ts';

const lab = useLab();

const WRONG = 'certainly-not-the-client-secret';
const OFTEN = { checks: { interval: '1s', retryInterval: '1s' } };
const MINUTE = 60_000;

const rejectedServer = async () => {
  const world = await CloudWorld.withServer(lab(), { secret: WRONG, wishes: OFTEN });
  lab().needles.addLong('wrong secret', WRONG);
  return world;
};

describe.concurrent('a Cloud server', () => {
  test('that is healthy is Ready with 2/2 and names its tenant', async () => {
    await using world = await CloudWorld.withServer(lab());
    const server = await world.seeReady('True', 'ChecksPassed');
    // There is no client certificate, so nothing is said of one.
    expect(shortly(server)).toEqual(HEALTHY.Cloud);
    expect(server.status).toMatchObject({
      endpoint: world.tenant.tenantUrl,
      product: { name: 'Qlik Cloud', id: expect.stringMatching(/^[\w-]{10,}$/u) as unknown },
      checks: { summary: '2/2' },
      credential: { state: 'Current' },
    });
    expect(server.status).not.toHaveProperty('certificate');
    expect(await world.columns()).toMatchObject({ READY: 'True', REASON: 'ChecksPassed', CHECKS: '2/2' });
    await world.seeEvents(['Normal Connected']);
    expect([world.tokenRequests, Object.keys(world.tenant.counters.hosts)]).toEqual([1, ['localhost']]);
  });

  test('is asked for a token once, though it is checked every second', async () => {
    await using world = await CloudWorld.withServer(lab(), { wishes: OFTEN });
    const { metadata } = await world.seeReady('True', 'ChecksPassed');
    await expect
      .poll(() => world.tenant.requests('GET /api/v1/users/me'), { timeout: 10_000 })
      .toBeGreaterThan(3);
    expect(world.tokenRequests).toBe(1);
    expect((await world.read()).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  test('that shares its tenant with another one shares the token', async () => {
    await using world = await CloudWorld.withServer(lab());
    await world.createServer({}, 'second');
    await world.seeReady('True', 'ChecksPassed');
    await world.seeReady('True', 'ChecksPassed', 'second');
    expect(world.tokenRequests).toBe(1);
  });

  test('with a wrong secret is Stalled, left alone for a quarter of an hour, and Ready once it is mended', async () => {
    await using clock = await World.withServer(lab(), { wishes: OFTEN });
    await using world = await rejectedServer();
    const stalled = await world.seeReady('False', 'CredentialsRejected');
    expect(shortly(stalled)).toEqual({
      ...HEALTHY.Cloud,
      Ready: 'False/CredentialsRejected',
      Authenticated: 'False/CredentialsRejected',
      Connected: 'False/CredentialsRejected',
      Stalled: 'True/CredentialsRejected',
    });
    expect(conditionOf(stalled, 'Authenticated')?.message).toContain('the client secret is not accepted');
    await world.seeEvents(['Warning NeedsAttention']);
    const { requests } = world;
    await clock.seeRequests(5);
    expect([world.requests, world.tokenRequests]).toEqual([requests, 1]);

    const from = performance.now();
    await world.replaceSecret(world.tenant.clientSecret);
    expect(shortly(await world.seeReady('True', 'ChecksPassed'))).toEqual(HEALTHY.Cloud);
    expect(performance.now() - from).toBeLessThan(2000);
    expect(world.tokenRequests).toBe(2);
  });

  test('is asked four times an hour for a client that it rejects; more requests are echoed alone', async () => {
    await using world = await rejectedServer();
    await world.seeReady('False', 'CredentialsRejected');
    for (let number = 1; number <= 5; number += 1) {
      await world.request(`${number}`);
      await world.see(`echo ${number}`, ({ status }) => status?.lastHandledReconcileAt === `${number}`);
      expect(world.tokenRequests).toBe(Math.min(4, 1 + number));
    }
    // The last verdict stands, and with it that a human is needed.
    expect(shortly(await world.read())).toMatchObject({
      Authenticated: 'False/CredentialsRejected',
      Ready: 'False/CredentialsRejected',
      Stalled: 'True/CredentialsRejected',
    });
    // Servers with other wrong secrets share the budget, and never had a verdict.
    await world.addSecret('other', { clientSecret: `${WRONG}-either` });
    await world.createServer({ cloud: { clientSecret: { secretKeyRef: { name: 'other' } } } }, 'second');
    const second = await world.seeReady('False', 'AttemptsExhausted', 'second');
    expect(shortly(second)).toMatchObject({ Authenticated: 'Unknown/AttemptsExhausted' });
    expect(world.tokenRequests).toBe(4);
  });

  test('whose secret is rejected after a rotation says when it is tried again', async () => {
    await using world = await CloudWorld.withServer(lab(), { wishes: OFTEN });
    await world.seeReady('True', 'ChecksPassed');
    const from = Date.now();
    await world.replaceSecret(WRONG);
    const server = await world.seeReady('False', 'CandidateRejected');
    expect(shortly(server)).toMatchObject({ Stalled: 'True/CandidateRejected' });
    const { state, nextAttemptTime = '' } = server.status?.credential ?? {};
    expect(state).toBe('CandidateRejected');
    expect(Date.parse(nextAttemptTime) - from).toBeGreaterThan(15 * MINUTE - 1000);
    expect(Date.parse(nextAttemptTime) - from).toBeLessThan(15.5 * MINUTE);
    await world.replaceSecret(world.tenant.clientSecret);
    const back = await world.seeReady('True', 'ChecksPassed');
    expect(back.status?.credential).toEqual({ state: 'Current' });
  });

  test.each([
    ['an empty one', ' \n', 'EmptySecret'],
    ['none', undefined, 'SecretKeyNotFound'],
  ])('with %s in place of a client secret is not asked at all', async (_what, clientSecret, reason) => {
    await using world = await CloudWorld.create(lab());
    await world.addSecret('empty', clientSecret === undefined ? { other: 'x' } : { clientSecret });
    await world.createServer({ cloud: { clientSecret: { secretKeyRef: { name: 'empty' } } } });
    const server = await world.seeReady('False', reason);
    expect(shortly(server)).toMatchObject({ Configured: `False/${reason}`, Authenticated: 'Unknown/NotRun' });
    expect(world.tenant.counters.connections).toBe(0);
  });

  test('carries its verdicts over when the web integration changes', async () => {
    await using world = await CloudWorld.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    const { requests } = world;
    await world.edit({ cloud: { webIntegrationId: 'another' } });
    const server = await world.see('generation 2', ({ status }) => status?.observedGeneration === 2);
    expect(shortly(server)).toEqual(HEALTHY.Cloud);
    expect(world.requests).toBe(requests);
  });
});

searchForSecrets(lab);
