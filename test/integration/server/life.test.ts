import { describe, expect, test } from 'vitest';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { until } from '../../controlplane/until.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { launch, Operator } from './operator.ts';
import { conditionOf, shortly } from './conditions.ts';
import { World } from './world.ts';

const lab = useLab();

/** Checked every second. */
const OFTEN = { checks: { interval: '1s', retryInterval: '1s' } };

const key = ({ metadata: { namespace, name } }: QlikServer) => ({ namespace, name });

/** The version that every write makes anew. */
const version = ({ metadata }: QlikServer) => metadata.resourceVersion;

describe.concurrent('over time a server', () => {
  test('stays Connected until the third failure in a row, and is back with the first pass', async () => {
    const wishes = { checks: { ...OFTEN.checks, failureThreshold: 3 } };
    await using world = await World.withServer(lab(), { wishes });
    const server = await world.seeReady('True', 'ChecksPassed');
    await world.site.setFault('portRefused', true);
    const before = lab().operator.checksOf(key(server));
    const debouncing = await world.see('CHECKS is 0/5', ({ status }) => status?.checks?.summary === '0/5');
    expect(shortly(debouncing)).toMatchObject({
      Ready: 'True/ChecksPassed',
      Connected: 'True/ChecksPassed',
      ServerReachable: 'False/ConnectionRefused',
      Authenticated: 'Unknown/NotRun',
    });
    expect(debouncing.status?.checks?.failingSince).toBeDefined();
    const lost = await world.seeReady('False', 'ConnectionRefused');
    expect(shortly(lost)).toMatchObject({ Reconciling: 'True/ProgressingWithRetry' });
    expect(lost.status?.checks?.failingSince).toBe(debouncing.status?.checks?.failingSince);
    // One that was under way while the fault began may have passed or failed.
    expect(lab().operator.checksOf(key(server)) - before).toBeGreaterThanOrEqual(2);
    expect(lab().operator.checksOf(key(server)) - before).toBeLessThanOrEqual(4);
    await world.site.clearFaults();
    const back = await world.seeReady('True', 'ChecksPassed');
    expect(back.status?.checks).not.toHaveProperty('failingSince');
    await world.seeEvents(['Normal Connected', 'Warning ConnectionLost', 'Normal Recovered']);
  });

  test('is not Stalled before the second look, if it was ever Connected', async () => {
    const wishes = { checks: { ...OFTEN.checks, failureThreshold: 10 } };
    await using world = await World.withServer(lab(), { wishes });
    await world.seeReady('True', 'ChecksPassed');
    await world.site.setFault('untrustedCa', 'browser');
    const doubted = await world.see('CHECKS is 0/5', ({ status }) => status?.checks?.summary === '0/5');
    expect(shortly(doubted)).toMatchObject({ Ready: 'True/ChecksPassed' });
    const stalled = await world.seeReady('False', 'UnknownCA');
    expect(shortly(stalled)).toMatchObject({ Stalled: 'True/UnknownCA' });
    expect(shortly(stalled)).not.toHaveProperty('Reconciling');
    // Stalled never means "never looked at again".
    await world.site.clearFaults();
    await world.seeReady('True', 'ChecksPassed');
  });

  test('is checked without a write while nothing changes', async () => {
    await using world = await World.withServer(lab(), { wishes: OFTEN });
    const server = await world.seeReady('True', 'ChecksPassed');
    const checks = lab().operator.checksOf(key(server));
    await until('five checks more', () => lab().operator.checksOf(key(server)) >= checks + 5);
    expect(version(await world.read())).toBe(version(server));
    expect(world.site.sessions).toEqual([]);
  });

  test('is left alone while it is suspended', async () => {
    await using clock = await World.withServer(lab(), { wishes: OFTEN });
    await using world = await World.withServer(lab(), { wishes: OFTEN });
    const before = await world.seeReady('True', 'ChecksPassed');
    await clock.seeReady('True', 'ChecksPassed');
    await world.edit({ suspend: true });
    const suspended = await world.seeCondition('Suspended', 'True', 'Suspended');
    expect(shortly(suspended)).toEqual({ ...shortly(before), Suspended: 'True/Suspended' });
    const { requests } = world;
    await world.site.setFault('portRefused', 'browser');
    await clock.seeRequests(6);
    expect(world.requests).toBe(requests);
    expect(version(await world.read())).toBe(version(suspended));
    await world.request('while suspended');
    await clock.seeRequests(3);
    expect(world.requests).toBe(requests);
    await world.edit({ suspend: false });
    const resumed = await world.seeCondition('ServerReachable', 'False', 'ConnectionRefused');
    expect(shortly(resumed)).not.toHaveProperty('Suspended');
    await world.site.clearFaults();
    await world.see('CHECKS is 5/5', ({ status }) => status?.checks?.summary === '5/5');
  });

  test('takes its metrics along when it is deleted', async () => {
    await using world = await World.withServer(lab(), { wishes: OFTEN });
    await world.seeReady('True', 'ChecksPassed');
    const labelled = () => lab().operator.series(`namespace="${world.namespace}"`);
    await until('its series', async () => (await labelled()).length === 11);
    expect(await labelled()).toContain(
      `qlik_server_check{namespace="${world.namespace}",name="qlik",check="RootAdmin"} 1`,
    );
    await world.remove();
    await until('no series', async () => (await labelled()).length === 0);
    const { requests } = world;
    await using clock = await World.withServer(lab(), { wishes: OFTEN });
    await clock.seeReady('True', 'ChecksPassed');
    await clock.seeRequests(4);
    expect(world.requests).toBe(requests);
    expect(await labelled()).toEqual([]);
  });

  test('is another one when it is made anew with the same name', async () => {
    await using world = await World.withServer(lab());
    const first = await world.seeReady('True', 'ChecksPassed');
    await world.remove();
    await world.createServer({ onPremise: { serviceAccountUser: 'nobody' } });
    const second = await world.seeReady('False', 'UserNotFound');
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
    expect(shortly(second)).toMatchObject({ Reconciling: 'True/Progressing' });
  });

  test('is another one when the check of its namesake was still under way', async () => {
    await using world = await World.withServer(lab(), { faults: { hang: 'repository' } });
    await world.seeReady('Unknown', 'Progressing');
    await world.remove();
    await world.site.clearFaults();
    await world.createServer();
    const { metadata } = await world.seeReady('True', 'ChecksPassed');
    expect(metadata.generation).toBe(1);
    await world.seeEvents(['Normal Connected']);
  });
});

describe('the operator', () => {
  test('answers probes, and counts checks and results', async () => {
    await using world = await World.withServer(lab(), { faults: { noRootAdmin: true } });
    await world.seeReady('False', 'MissingRole');
    const { operator } = lab();
    expect(await operator.get('/livez')).toEqual({
      status: 200,
      text: '[+]watch ok\n[+]schedule ok\n[+]lease ok\n[+]eventloop ok\nok\n',
    });
    expect(await operator.get('/readyz')).toEqual({ status: 200, text: '[+]synced ok\n[+]lease ok\nok\n' });
    const one = async (...parts: readonly string[]) => {
      const series = await operator.series(...parts);
      if (series.length !== 1) throw new Error(`${series.length} series have ${parts.join(' ')}`);
      return Number(series[0]?.split(' ').at(-1));
    };
    const failed = 'check="RootAdmin",result="failed"';
    expect(await one('qlik_check_duration_seconds_count', 'result="failed"')).toBeGreaterThan(0);
    expect(await one('qlik_check_results_total', failed)).toBeGreaterThan(0);
    expect(await one('qlik_check_results_total', 'check="UserExists",result="passed"')).toBeGreaterThan(0);
    expect(await one('qlik_server_ready', `namespace="${world.namespace}"`)).toBe(0);
    expect(await one('qlik_server_check', `namespace="${world.namespace}"`, 'RootAdmin')).toBe(0);
  });

  test('changes nothing by being restarted', async () => {
    await using healthy = await World.withServer(lab());
    await using suspended = await World.withServer(lab());
    await using absent = await World.create(lab());
    await absent.createTrust();
    await absent.createServer();
    await healthy.seeReady('True', 'ChecksPassed');
    await suspended.seeReady('True', 'ChecksPassed');
    await suspended.edit({ suspend: true });
    await suspended.seeCondition('Suspended', 'True', 'Suspended');
    await absent.seeReady('False', 'SecretNotFound');
    const worlds = [healthy, suspended, absent];
    const before = await Promise.all(worlds.map((world) => world.read()));
    const requests = worlds.map((world) => world.requests);
    const first = lab().operator;

    await lab().restartOperator();
    expect(lab().operator).not.toBe(first);
    const reported = async (world: World) => {
      const series = await lab().operator.series('qlik_server_ready', `namespace="${world.namespace}"`);
      return series.length === 1;
    };
    await until('all are looked at', async () =>
      (await Promise.all(worlds.map(reported))).every((isReported) => isReported),
    );
    // The watches of Secrets have been opened and have told what they saw, when this one is through.
    await using late = await World.withServer(lab());
    await late.seeReady('True', 'ChecksPassed');

    const after = await Promise.all(worlds.map((world) => world.read()));
    expect(after).toEqual(before);
    expect(worlds.map((world) => world.requests)).toEqual(requests);
    await absent.createSecret();
    await absent.seeReady('True', 'ChecksPassed');
  });

  test('notices at the start what was changed while it was away', async () => {
    await using world = await World.withServer(lab());
    await using foreign = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await foreign.seeReady('True', 'ChecksPassed');
    await lab().operator.end();
    await world.edit({ onPremise: { serviceAccountUser: 'nobody' } });
    await foreign.replaceSecret({ pfx: foreign.site.foreignPfx });
    await lab().startOperator();
    expect(shortly(await world.seeReady('False', 'UserNotFound'))).toMatchObject({
      Reconciling: 'True/Progressing',
    });
    const rejected = await foreign.seeReady('False', 'CandidateRejected');
    expect(conditionOf(rejected, 'Stalled')?.status).toBe('True');
  });

  test('ends at once on SIGTERM, even while a check hangs', async () => {
    await using world = await World.withServer(lab(), { faults: { hang: 'repository' } });
    await world.seeReady('Unknown', 'Progressing');
    const from = performance.now();
    expect(await lab().operator.end()).toEqual({ code: 0, signal: null });
    expect(performance.now() - from).toBeLessThan(2000);
    expect(lab().operator.log.at(-1)).toMatchObject({ level: 'info', msg: 'stopped' });
    await lab().startOperator();
    await world.site.clearFaults();
    await world.seeReady('True', 'ChecksPassed');
  });

  test.each([
    ['unknown', ['--nonsense'], "'--nonsense'"],
    [
      'impossible',
      ['--concurrency=0'],
      '--concurrency (or QLIK_OPERATOR_CONCURRENCY) must be a whole number from 1 to 1000',
    ],
    ['dangling', ['--kubeconfig=/does/not/exist'], '/does/not/exist'],
  ])('ends with code 1 and names a flag that is %s', async (name, args, complaint) => {
    const { controlPlane, bundle } = lab();
    const process = await launch(controlPlane.keeper, `refused-${name}`, { main: bundle, args });
    expect(await process.exited).toEqual({ code: 1, signal: null });
    expect(Operator.logOf(process).trim().split('\n').at(-1)).toContain(complaint);
  });
});

searchForSecrets(lab);
