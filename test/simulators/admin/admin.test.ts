import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { simulateCloud } from '../cloud-simulation.ts';
import { simulateOnPremise } from '../onpremise-simulation.ts';
import type { Simulation } from '../simulation.ts';
import { type AdminApi, startAdminApi } from './server.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

describe.each([
  ['onpremise', simulateOnPremise, { apps: 3, choice: 'serverCertificate', value: 'expired' }],
  ['cloud', simulateCloud, { apps: 20, choice: 'tenantStatus', value: 'disabled' }],
])('%s', (_kind, simulate, { apps, choice, value }) => {
  let simulation: Simulation;
  let admin: AdminApi;
  beforeAll(async () => {
    simulation = await simulate();
    admin = await startAdminApi(simulation, 0);
  });
  afterAll(async () => {
    await admin[Symbol.asyncDispose]();
    await simulation.stop();
  });

  async function ask(method: string, path: string, body?: string): Promise<Answer> {
    const answer = await fetch(`${admin.url}${path}`, { method, ...(body !== undefined && { body }) });
    return { status: answer.status, body: await answer.json() };
  }

  test('lists what it can do', async () => {
    expect(await ask('GET', '/')).toMatchObject({
      status: 200,
      body: { 'GET /faults': expect.any(String) as unknown },
    });
  });

  test('shows, sets and clears faults', async () => {
    const { body } = await ask('GET', '/faults');
    const names = (body as { name: string; help: string }[]).map(({ name }) => name);
    expect(names).toEqual(Object.keys(simulation.faultHelp));
    expect(body).toContainEqual({ name: 'slow', value: 0, usual: 0, help: expect.any(String) as unknown });
    expect(await ask('PUT', '/faults/slow', '5')).toEqual({ status: 200, body: { name: 'slow', value: 5 } });
    expect((await ask('PUT', `/faults/${choice}`, `"${value}"`)).body).toEqual({ name: choice, value });
    expect((await ask('PUT', '/faults/hang', 'true')).status).toBe(200);
    expect(simulation.faults).toMatchObject({ slow: 5, hang: true, [choice]: value });
    expect((await ask('PUT', '/faults/hang', 'false')).body).toEqual({ name: 'hang', value: false });
    expect((await ask('DELETE', '/faults')).status).toBe(200);
    expect(simulation.faults).toEqual(simulation.usualFaults);
  });

  test.each([
    ['an unknown fault', 'PUT /faults/nonsense true', 404, 'Unknown fault "nonsense": allowed are '],
    ['an inherited name', 'PUT /faults/toString true', 404, 'Unknown fault "toString": allowed are '],
    ['a wrong number', 'PUT /faults/slow -1', 400, 'Fault "slow" needs a whole number or off'],
    ['an object', 'PUT /faults/slow {}', 400, 'The body must be true, false, a number or a text in quotes'],
    ['no JSON', 'PUT /faults/slow soon', 400, 'The body must be JSON, such as true, 3000'],
    ['no body', 'PUT /faults/slow', 400, 'The body must be JSON'],
    ['an unknown path', 'GET /nonsense', 404, 'Unknown path "/nonsense": allowed are GET /faults'],
    ['an unknown method', 'PATCH /counters', 405, 'does not know PATCH: allowed are GET, DELETE'],
    ['no apps', 'POST /apps {"count":0}', 400, 'The body must be {"count": N} with N between 1 and 20000'],
    ['apps of no number', 'POST /apps null', 400, 'The body must be {"count": N}'],
  ])('refuses %s', async (_reason, request, status, message) => {
    const [method = '', path = '', body] = request.split(' ');
    expect(await ask(method, path, body)).toEqual({
      status,
      body: { error: expect.stringContaining(message) as unknown },
    });
  });

  test('a wrong choice is refused with the right ones', async () => {
    const { status, body } = await ask('PUT', `/faults/${choice}`, '"nonsense"');
    expect([status, body]).toEqual([
      400,
      { error: expect.stringMatching(`"${choice}" can be .*${value}.*off`) as unknown },
    ]);
  });

  test('shows and forgets counters', async () => {
    expect((await ask('GET', '/counters')).body).toMatchObject({ requests: {} });
    expect((await ask('DELETE', '/counters')).status).toBe(200);
  });

  test('adds apps, as many as fit', async () => {
    expect(await ask('POST', '/apps', '{"count": 7}')).toEqual({ status: 200, body: { total: apps + 7 } });
  });

  test('shows sessions where there are any', async () => {
    const { status, body } = await ask('GET', '/sessions');
    expect([status, body]).toEqual(
      apps === 3 ? [200, []] : [404, { error: 'This simulator has no sessions' }],
    );
  });

  test('a port that is taken is named', async () => {
    const { port } = new URL(admin.url);
    await expect(startAdminApi(simulation, Number(port))).rejects.toThrow(`cannot listen on port ${port}: `);
  });
});

test('a site says how many apps fit', async () => {
  const simulation = await simulateOnPremise();
  await using admin = await startAdminApi(simulation, 0);
  const answer = await fetch(`${admin.url}/apps`, { method: 'POST', body: '{"count": 20000}' });
  expect(await answer.json()).toEqual({ error: 'A site has 0 to 20000 apps, current value is 20001' });
  await simulation.stop();
});
