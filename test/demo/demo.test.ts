import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlaneBinaries } from '../controlplane/build.ts';
import { MarkedScript } from '../controlplane/fixtures/run-marked.ts';
import { until } from '../controlplane/until.ts';

const DEMO = '../../demo/demo.ts';
/** A busy machine takes its time to set the stage, which is not what is judged here. */
const PATIENCE = { deadlineMs: 90_000 };

/** No other test needs all of them: what is missing is built here, and not within the time of a test. */
beforeAll(() => controlPlaneBinaries().then(() => {}), 30 * 60_000);

describe('the demo', () => {
  it('ends with 0, says what it found and leaves nothing behind', async () => {
    await using demo = new MarkedScript(DEMO);
    expect(await demo.code, demo.stdout + demo.stderr).toBe(0);
    expect(demo.stdout).toMatch(/deployment\.apps\/qlik-operator +1\/1/u);
    expect(demo.stdout).toMatch(/NAME +READY +REASON +CHECKS +URL +APPS +RUNNING +LAST-SYNC +AGE/u);
    expect(demo.stdout).toMatch(/finance +True +ChecksPassed +5\/5 +\S+ +2 +0\/4 +\d+s/u);
    expect(demo.stdout).toMatch(/acme +True +ChecksPassed +2\/2 +\S+ +12 +0\/4 +\d+s/u);
    expect(demo.stdout).toMatch(/sales +False +ClientCertificateRejected +1\/5/u);
    expect(demo.stdout).toMatch(/sales +True +ChecksPassed +5\/5/u);
    expect(await demo.leftovers()).toEqual([]);
  });

  it('plays the catalogue of apps', async () => {
    await using demo = new MarkedScript(DEMO, ['--scene=catalogue']);
    expect(await demo.code, demo.stdout + demo.stderr).toBe(0);
    expect(demo.stdout).toMatch(/acme\.\S+ +acme +Forecast +Finance/u);
    expect(demo.stdout).toMatch(/no role at all, not RootAdmin; nothing is removed/u);
    expect(demo.stdout).toMatch(/AppsChanged +qlikserver\/finance +0 added, 0 changed, 1 removed/u);
    expect(await demo.leftovers()).toEqual([]);
  });

  it('plays the cap of executions', async () => {
    await using demo = new MarkedScript(DEMO, ['--scene=cap']);
    expect(await demo.code, demo.stdout + demo.stderr).toBe(0);
    const runnings = [
      ...demo.stdout.matchAll(/finance +True +ChecksPassed .* (\d\/\d(?: \(\d queued\))?) /gu),
    ];
    expect(runnings.map(([, running]) => running)).toEqual([
      '2/2 (3 queued)',
      '1/2 (3 queued)',
      '4/4 (3 queued)',
      '3/4 (3 queued)',
      '4/4',
      '0/4',
    ]);
    expect(demo.stdout).toMatch(/archive +<none> +3 +Refused:WiderThanLimit/u);
    expect(demo.stdout).toContain('is set to false by the operator alone');
    expect(demo.stdout).toContain('took 2 slots at most, and 4 after the change');
    expect(await demo.leftovers()).toEqual([]);
  });

  it('plays the rotation of a certificate', async () => {
    await using demo = new MarkedScript(DEMO, ['--scene=rotation']);
    expect(await demo.code, demo.stdout + demo.stderr).toBe(0);
    expect(demo.stdout).toMatch(/the client certificate expires on \S+, within 7 days/u);
    expect(demo.stdout).toMatch(/finance-next +True +ChecksPassed +5\/5 +finance/u);
    expect(demo.stdout).toMatch(/finance +True +ChecksPassed +5\/5/u);
    expect(demo.stdout).toMatch(/"state":"CandidateRejected"/u);
    expect(demo.stdout).toMatch(/Normal +CredentialRotated +qlikserver\/finance/u);
    expect(demo.stdout).toMatch(/The report had \d+ answers with [23] certificates; 0 requests failed/u);
    expect(await demo.leftovers()).toEqual([]);
  });

  it('names its scenes when it is asked for another one', async () => {
    await using demo = new MarkedScript(DEMO, ['--scene=encore']);
    expect(await demo.code).toBe(1);
    expect(demo.stdout).toContain(
      'There is no scene "encore"; there are connection, catalogue, rotation, cap',
    );
  });

  it.each([
    ['while the control plane starts', 'Starting etcd'],
    ['while the operator is bundled', 'Bundling the operator'],
    ['while the chart is installed', 'Installing the chart'],
    ['while servers are judged', 'Applying three QlikServers'],
  ])('leaves nothing behind when Ctrl-C comes %s', async (_when, line) => {
    await using demo = new MarkedScript(DEMO);
    await until(`"${line}" is printed`, () => demo.stdout.includes(line), PATIENCE);
    demo.signal('SIGINT', 'group');
    expect(await demo.code).toBe(130);
    expect(await demo.leftovers()).toEqual([]);
  });
});
