import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Answer, ask, askToken, codeOf, logIn, trusting } from './ask.ts';
import { type CloudTenant, startCloudTenant } from './tenant.ts';

let time = Date.UTC(2026, 8, 1);
let tenant: CloudTenant;
beforeAll(async () => {
  tenant = await startCloudTenant({ now: () => time });
});
beforeEach(() => {
  time += 60_000;
});
afterEach(() => tenant.clearFaults());
afterAll(() => tenant.stop());

function form(text: string, headers: Record<string, string> = {}): Promise<Answer> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return ask(tenant, 'POST /oauth/token', { headers: { ...type, ...headers }, body: text });
}

async function statusWith(token: string): Promise<number> {
  return (await ask(tenant, 'GET /api/v1/items', { token })).status;
}

test('a token comes with all fields the vendor shows', async () => {
  const answer = await askToken(tenant);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.json()).toEqual({
    access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as unknown,
    token_type: 'bearer',
    scope: 'admin_classic user_default',
    expires_at: new Date(time + 21_600_000).toISOString(),
    expires_in: 21_600,
  });
});

test('a form is as good as JSON', async () => {
  const { clientId, clientSecret } = tenant;
  const fields = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' };
  expect((await form(new URLSearchParams(fields).toString())).status).toBe(200);
});

test.each([
  ['capitalBearer', { token_type: 'Bearer' }],
  ['expiresInMissing', { expires_in: undefined }],
  ['expiresAtMissing', { expires_at: undefined }],
  ['scopeMissing', { scope: undefined }],
] as const)('switch %s changes only that field of a token answer', async (name, change) => {
  const usual = (await askToken(tenant)).json() as object;
  await tenant.setFault(name, true);
  const token = expect.any(String) as unknown;
  expect((await askToken(tenant)).json()).toEqual({ ...usual, access_token: token, ...change });
});

test('a token lives for its lifetime, whatever the secret does meanwhile', async () => {
  const token = await logIn(tenant);
  tenant.rotateSecret();
  expect(await statusWith(token)).toBe(200);
  time += 21_600_000 - 1;
  expect(await statusWith(token)).toBe(200);
  time += 1;
  expect(await statusWith(token)).toBe(401);
});

test('the lifetime can be an option and can change while running', async () => {
  await using brief = await startCloudTenant({ tokenLifetime: 30, now: () => time });
  expect((await askToken(brief)).json()).toMatchObject({ expires_in: 30 });
  await brief.setFault('tokenLifetime', 5);
  const token = await logIn(brief);
  time += 5000;
  expect((await ask(brief, 'GET /api/v1/items', { token })).status).toBe(401);
});

test.each([
  ['another secret', { client_secret: 'wrong' }],
  ['no secret', { client_secret: undefined }],
  ['an empty secret', { client_secret: '' }],
])('%s is OAUTH-22', async (_reason, fields) => {
  const answer = await askToken(tenant, fields);
  expect([answer.status, codeOf(answer)]).toEqual([401, 'OAUTH-22']);
});

test('a newline after the secret makes it wrong', async () => {
  const answer = await askToken(tenant, { client_secret: `${tenant.clientSecret}\n` });
  expect(codeOf(answer)).toBe('OAUTH-22');
  expect(answer.json()).toEqual({
    errors: [{ code: 'OAUTH-22', title: 'Invalid client_secret', status: '401' }],
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
  });
});

test('the status of OAUTH-22 is a switch, for wrong secrets and for the fault', async () => {
  await tenant.setFault('secretStatus', 400);
  expect((await askToken(tenant, { client_secret: 'wrong' })).status).toBe(400);
  await tenant.setFault('secretRejected', true);
  expect((await askToken(tenant)).status).toBe(400);
  for (const status of [400, 401] as const) {
    await tenant.setFault('secretRejected', status);
    const answer = await askToken(tenant);
    expect([answer.status, codeOf(answer)]).toEqual([status, 'OAUTH-22']);
  }
  await tenant.clearFaults();
  expect((await askToken(tenant)).status).toBe(200);
});

test('an unknown client is 400 OAUTH-14, by id and by fault', async () => {
  const unknown = await askToken(tenant, { client_id: 'nobody' });
  await tenant.setFault('clientUnknown', true);
  const hidden = await askToken(tenant);
  for (const answer of [unknown, hidden]) {
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({
      errors: [
        {
          code: 'OAUTH-14',
          title: 'Invalid client_id',
          detail: 'OAuth client is not authorized',
          status: '400',
        },
      ],
      traceId: expect.any(String) as unknown,
    });
  }
});

test('a removed client is unknown, and its tokens are void', async () => {
  const client = tenant.addClient();
  const token = await logIn(tenant, client);
  tenant.removeClient(client.clientId);
  expect(await statusWith(token)).toBe(401);
  await expect(logIn(tenant, client)).rejects.toThrow('OAUTH-14');
});

test.each([
  ['consent', 400, 'OAUTH-14'],
  ['clientDisabled', 401, 'HTTP-401'],
  ['grant', 400, 'HTTP-400'],
  ['scope', 400, 'HTTP-400'],
  ['tooManyTokens', 403, 'HTTP-403'],
] as const)('fault tokenRefused=%s is %i %s', async (reason, status, code) => {
  await tenant.setFault('tokenRefused', reason);
  const answer = await askToken(tenant);
  expect([answer.status, codeOf(answer)]).toEqual([status, code]);
});

test('a disabled bot user is 403, by fault and by client', async () => {
  await tenant.setFault('botDisabled', true);
  expect((await askToken(tenant)).status).toBe(403);
  await tenant.clearFaults();
  await expect(logIn(tenant, tenant.addClient({ botDisabled: true }))).rejects.toThrow('User is disabled');
});

test('a client may be unable to use secrets or the grant', async () => {
  await expect(logIn(tenant, tenant.addClient({ keyOnly: true }))).rejects.toThrow('OAUTH-22');
  const web = tenant.addClient({ grants: ['authorization_code'] });
  await expect(logIn(tenant, web)).rejects.toThrow('grant_type is not allowed');
});

test('other grants and scopes outside the allow list are refused, scopes inside are echoed', async () => {
  expect((await askToken(tenant, { grant_type: 'refresh_token' })).status).toBe(400);
  expect((await askToken(tenant, { scope: 'user_default admin.apps' })).status).toBe(400);
  expect((await askToken(tenant, { scope: 'user_default' })).json()).toMatchObject({ scope: 'user_default' });
  const { clientId, clientSecret } = tenant.addClient({ scopes: ['admin.apps:read'] });
  const narrow = await askToken(tenant, { client_id: clientId, client_secret: clientSecret });
  expect(narrow.json()).toMatchObject({ scope: 'admin.apps:read' });
});

test.each([
  ['no client_id', { client_id: undefined }],
  ['no grant_type', { grant_type: undefined }],
])('%s is 400', async (_reason, fields) => {
  expect((await askToken(tenant, fields)).status).toBe(400);
});

test('bodies that are neither JSON nor a form are 400', async () => {
  const json = { 'content-type': 'application/json' };
  for (const body of ['{', 'null', '7']) {
    expect((await ask(tenant, 'POST /oauth/token', { headers: json, body })).status).toBe(400);
  }
  expect((await ask(tenant, 'POST /oauth/token', { body: '{}' })).status).toBe(400);
});

test('only POST of token and revoke exist', async () => {
  expect((await ask(tenant, 'GET /oauth/token')).status).toBe(405);
  expect((await ask(tenant, 'POST /oauth/introspect')).status).toBe(404);
});

test('Basic authentication does not work unless switched on', async () => {
  const encoded = Buffer.from(`${tenant.clientId}:${tenant.clientSecret}`).toString('base64');
  const basic = { authorization: `Basic ${encoded}` };
  expect(codeOf(await form('grant_type=client_credentials', basic))).toBe('OAUTH-22');
  await tenant.setFault('basicAccepted', true);
  expect((await form('grant_type=client_credentials', basic)).status).toBe(200);
});

test('a rotated secret replaces the old one, or stands beside up to four others', async () => {
  await using owner = await startCloudTenant();
  const old = owner.clientSecret;
  const fresh = owner.rotateSecret();
  expect(owner.clientSecret).toBe(fresh);
  expect(codeOf(await askToken(owner, { client_secret: old }))).toBe('OAUTH-22');
  expect((await askToken(owner)).status).toBe(200);
  const all = [fresh, ...Array.from({ length: 4 }, () => owner.rotateSecret({ keepOld: true }))];
  for (const secret of all) {
    expect((await askToken(owner, { client_secret: secret })).status).toBe(200);
  }
  expect(() => owner.rotateSecret({ keepOld: true })).toThrow('at most 5 secrets');
});

test('the 101st token request of a client in a minute is 429, and others go on', async () => {
  await using busy = await startCloudTenant({ now: () => time });
  const other = busy.addClient();
  const agent = trusting(busy.ca);
  for (let count = 0; count < 100; count += 1) {
    expect((await askToken(busy, {}, agent)).status).toBe(200);
  }
  await agent.destroy();
  time += 15_000;
  const refused = await askToken(busy);
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '45']);
  expect(refused.json()).toEqual({
    errors: [
      {
        code: 'HTTP-429',
        title: 'API rate limit reached.',
        detail: 'You need to wait 45 seconds until limit is lifted.',
      },
    ],
  });
  await logIn(busy, other);
  time += 45_000;
  expect((await askToken(busy)).status).toBe(200);
  expect(busy.tokensIssued).toBe(102);
});

test('a token can be revoked by request and by the administrator', async () => {
  const [first, second, third] = [await logIn(tenant), await logIn(tenant), await logIn(tenant)];
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ token: first, token_type_hint: 'access_token' });
  expect((await ask(tenant, 'POST /oauth/revoke', { headers, body })).status).toBe(200);
  expect(await statusWith(first)).toBe(401);
  expect(await statusWith(second)).toBe(200);
  expect((await ask(tenant, 'POST /oauth/revoke', { headers, body: '{}' })).status).toBe(400);
  tenant.revokeTokens();
  expect(await statusWith(second)).toBe(401);
  expect(await statusWith(third)).toBe(401);
  expect(await statusWith(await logIn(tenant))).toBe(200);
});

test('fault tokenRevoked makes every token invalid, new ones too, until it is repaired', async () => {
  const token = await logIn(tenant);
  await tenant.setFault('tokenRevoked', true);
  expect(await statusWith(token)).toBe(401);
  expect(await statusWith(await logIn(tenant))).toBe(401);
  await tenant.clearFaults();
  expect(await statusWith(token)).toBe(200);
});
