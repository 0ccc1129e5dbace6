import { beforeAll, expect, test } from 'vitest';
import { startControlPlane } from '../../controlplane/start.ts';
import { Api } from '../../integration/server/api.ts';
import { applyRelaxedCrds } from '../../integration/server/relaxed-crd.ts';
import { requireCores } from '../cores.ts';
import { responderProgram } from '../programs.ts';
import { Responder } from '../responder/responder.ts';
import { settingsOf } from '../settings.ts';
import { buildOperator, operatorSubject, SUBJECT_USERS } from '../subjects.ts';
import { assertFew, measureGate } from './gate.ts';

const settings = settingsOf({}, 'smoke');
/** So many turns that a write for each of those who wait would show. */
const SIZE = { servers: 2, jobs: 40, turns: 6 };

beforeAll(async () => {
  await responderProgram();
}, 600_000);

/** On a machine with other work it takes its time to start everything. */
const TIMEOUT = 400_000;

test(
  'Jobs that wait are admitted with few writes each, beside a bare gate',
  { timeout: TIMEOUT },
  async () => {
    await using parts = new AsyncDisposableStack();
    const controlPlane = parts.use(await startControlPlane({ audit: true, users: SUBJECT_USERS }));
    const api = new Api(controlPlane);
    parts.defer(() => api.close());
    await applyRelaxedCrds(controlPlane, api);
    const responder = await Responder.start(controlPlane.keeper, 'responder');
    const said: string[] = [];
    const say = (text: string) => said.push(text);
    const stage = { controlPlane, responder, settings, cores: requireCores(), say };
    const operator = await operatorSubject(await buildOperator(), controlPlane, settings);

    const { pair, loads } = await measureGate(stage, { api, operator, name: 'gate-1', size: SIZE });

    // The ledger and the Job.
    expect(pair.operator.gateWrites).toBeGreaterThan(1);
    expect(pair.operator.gateWrites).toBeLessThanOrEqual(3);
    for (const figures of [pair.operator, pair.peer]) {
      expect(figures.gateAdmission).toBeGreaterThan(0);
      expect(figures.gateLatency).toBeGreaterThan(0);
      expect(figures.gateSlowLatency).toBeGreaterThanOrEqual(figures.gateLatency!);
    }
    expect(loads).toHaveLength(1);
    expect(said).toEqual([
      expect.stringMatching(/^ {2}operator: 40 Jobs admitted/u),
      expect.stringMatching(/^ {2}bare gate: 40 Jobs admitted/u),
    ]);
  },
);

test('two writes of the ledger and one of the Job are few', () => {
  expect(() => assertFew(new Map(Object.entries({ jobs: 40, qlikexecutionledgers: 80 })), 40)).not.toThrow();
});

test.for([{ jobs: 40, qlikexecutionledgers: 81 }, { jobs: 61 }])('%j for 40 Jobs are too many', (counts) => {
  expect(() => assertFew(new Map(Object.entries(counts)), 40)).toThrow('40 Jobs were admitted with');
});
