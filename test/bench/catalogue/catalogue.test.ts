import { beforeAll, expect, test } from 'vitest';
import { startControlPlane } from '../../controlplane/start.ts';
import { Api } from '../../integration/server/api.ts';
import { applyRelaxedCrds } from '../../integration/server/relaxed-crd.ts';
import { requireCores } from '../cores.ts';
import { responderProgram } from '../programs.ts';
import { settingsOf } from '../settings.ts';
import { buildOperator, operatorSubject, SUBJECT_USERS } from '../subjects.ts';
import { measureCatalogue } from './catalogue.ts';

const settings = settingsOf({ BENCH_APPS: '250' }, 'smoke');

beforeAll(async () => {
  await responderProgram();
}, 600_000);

/** Five times a control plane is started; on a machine with other work that takes its time. */
const TIMEOUT = 400_000;

test(
  'a small catalogue is written once, and then only where it changed; bare loops write the same',
  { timeout: TIMEOUT },
  async () => {
    await using parts = new AsyncDisposableStack();
    const controlPlane = parts.use(await startControlPlane({ audit: true, users: SUBJECT_USERS }));
    const api = new Api(controlPlane);
    parts.defer(() => api.close());
    await applyRelaxedCrds(controlPlane, api);
    const said: string[] = [];
    const stage = { controlPlane, settings, cores: requireCores(), say: (text: string) => said.push(text) };
    const operator = await operatorSubject(await buildOperator(), controlPlane, settings);

    const { pair, loads } = await measureCatalogue(stage, { api, operator, name: 'catalogue-1' });

    expect(pair.operator).toMatchObject({ catalogueIdleWrites: 0, catalogueChurnWrites: 1 });
    expect(pair.operator.catalogueFirst).toBeGreaterThan(0);
    expect(pair.peer.catalogueFirst).toBeGreaterThan(0);
    expect(loads).toHaveLength(3);
    expect(said.map((line) => /^ *([^:]+):/u.exec(line)?.[1])).toEqual([
      'first sync',
      'idle sync',
      'churn',
      'bare loop of 4',
      'bare loop of 8',
      'bare loop of 16',
    ]);
  },
);
