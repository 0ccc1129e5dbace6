import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { qlikServerSpec } from '../../../src/api/qlikserver.ts';
import { MaterialMaker } from '../../../src/connections/material.ts';
import { HostileServer, type HostileRequest } from '../../simulators/hostile-server.ts';
import { answer } from '../../simulators/hostilities.ts';
import { type OnPremiseSite, startOnPremiseSite } from '../../simulators/onpremise/site.ts';
import { readFrom } from '../connections/namespace.ts';
import { check, failureIn } from './connect.ts';

/** Of a secret in text from outside, so many characters in a row are a leak (DESIGN §4, 3). */
const WINDOW = 16;

let site: OnPremiseSite;
beforeAll(async () => {
  site = await startOnPremiseSite();
});
afterEach(() => site.clearFaults());
afterAll(() => site.stop());

/** What a check of a site says of the server in front of it. */
async function detailAt(hostile: HostileServer): Promise<string> {
  const report = await check(site, {
    onPremise: { serverUrl: `${hostile.url}/kpi` },
    objects: { 'ConfigMap/ca': { 'ca.crt': `${site.siteCa}\n${site.corporateCa}\n${hostile.ca}` } },
  });
  return failureIn(report, 'VirtualProxyReady').detail;
}

/** The part of any text that holds this many characters of a secret in a row. */
function leakOf(secret: string, text: string): string | undefined {
  const windows = Array.from({ length: Math.max(1, secret.length - WINDOW + 1) }, (_each, at) =>
    secret.slice(at, at + WINDOW),
  );
  return windows.find((window) => text.includes(window));
}

describe('what serverUrl repeats', () => {
  // As Express, Envoy and others answer what they do not know: with the request.
  const repeating = (told: (request: HostileRequest) => string) =>
    HostileServer.start((socket, request) => socket.write(answer(404, 'text/plain', told(request))));

  test('of the ticket is not shown', async () => {
    await using hostile = await repeating(({ target }) => `Cannot GET ${target}`);
    const detail = await detailAt(hostile);
    const tickets = hostile.requests.map(({ target }) => /qlikTicket=([^&]+)/u.exec(target)?.[1]);
    const ticket = tickets.find((each) => each !== undefined) ?? '';
    expect(ticket.length).toBeGreaterThan(8);
    expect(leakOf(ticket, detail)).toBeUndefined();
  });

  // A message that changes with every check is written every time (DESIGN §3: messages are stable).
  test('of the request is not shown, as it is another one each time', async () => {
    await using hostile = await repeating(
      ({ target }) => `Cannot GET ${target.replace(/qlikTicket=[^&]+/u, '')}`,
    );
    expect(await detailAt(hostile)).toBe(await detailAt(hostile));
  });
});

describe('what a tenant repeats of its token is not shown:', () => {
  const token = `eyJhbGciOiJFUzM4NCJ9.${'MTIzNDU2Nzg5MGFiY2RlZg'.repeat(4)}.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4tYWxvbmU`;
  const good: Readonly<Record<string, string>> = {
    '/.well-known/oauth-authorization-server': '{"token_endpoint":"x"}',
    '/oauth/token': JSON.stringify({ access_token: token, expires_in: 21_600 }),
  };
  const detailOf = async (title: string) => {
    await using hostile = await HostileServer.start((socket, { target }) => {
      const refusal = JSON.stringify({ errors: [{ code: 'ECHO-1', title }] });
      const known = good[target];
      socket.write(answer(known === undefined ? 403 : 200, 'application/json', known ?? refusal));
    });
    const spec = qlikServerSpec.parse({
      type: 'Cloud',
      trust: [{ configMapKeyRef: { name: 'ca' } }],
      cloud: { tenantUrl: hostile.url, clientId: 'u', clientSecret: { secretKeyRef: { name: 'client' } } },
    });
    const objects = {
      'Secret/client': { clientSecret: 'x'.repeat(40) },
      'ConfigMap/ca': { 'ca.crt': hostile.ca },
    };
    const { connection, redact } = await new MaterialMaker().make(spec, readFrom(objects));
    const report = await connection.check({
      signal: new AbortController().signal,
      timeout: 5_000,
      proveAnew: false,
      proveSignIn: () => false,
    });
    return redact(failureIn(report, 'Authenticated').detail);
  };

  // The header is that of all tokens, and no secret.
  const secret = token.slice(token.indexOf('.') + 1);

  test('the whole of it', async () => {
    expect(leakOf(secret, await detailOf(`no such token: ${token}`))).toBeUndefined();
  });

  // As a body that is cut has them.
  test.each([
    ['its end', token.slice(-60)],
    ['its beginning', token.slice(0, 90)],
  ])('%s', async (_what, part) => {
    expect(leakOf(secret, await detailOf(`no such token: ${part}`))).toBeUndefined();
  });
});
