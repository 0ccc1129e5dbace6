import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Output } from '../controlplane/command.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/start.ts';
import { until } from '../controlplane/until.ts';
import { apply } from '../installation/apply.ts';
import { Chart, RELEASE } from '../installation/chart.ts';
import { isAdmissionObject, jobOf } from './admission.ts';

/** The oldest Kubernetes that is supported, which has no policies that mutate; and the newest. */
const VERSIONS = [
  { version: '1.33', args: ['--emulated-version=1.33'], mutates: false },
  { version: '1.36', args: [], mutates: true },
];

const AS = {
  jane: ['--as=jane', '--as-group=system:masters'],
  operator: [`--as=system:serviceaccount:${RELEASE.namespace}:${RELEASE.name}`, '--as-group=system:masters'],
  breakGlass: ['--as=jane', '--as-group=system:masters', '--as-group=kpimailer:break-glass'],
} as const;

describe.each(VERSIONS)('admission policies on Kubernetes $version', ({ args, mutates }) => {
  let controlPlane: ControlPlane;
  let made = 0;

  const kubectl = (who: keyof typeof AS, call: readonly string[], input?: object): Promise<Output> =>
    controlPlane.kubectl([...AS[who], ...call], input === undefined ? {} : { input: JSON.stringify(input) });
  const create = (who: keyof typeof AS, job: object) => kubectl(who, ['create', '--filename=-'], job);
  const patch = (who: keyof typeof AS, name: string, change: object) =>
    kubectl(who, ['patch', 'job', name, '--type=merge', `--patch=${JSON.stringify(change)}`]);
  const read = async (name: string) =>
    JSON.parse((await kubectl('jane', ['get', 'job', name, '--output=json'])).stdout) as ReturnType<
      typeof jobOf
    >;
  async function waiting(): Promise<string> {
    const name = `job-${(made += 1)}`;
    expect(await create('jane', jobOf(name))).toMatchObject({ code: 0 });
    return name;
  }

  beforeAll(async () => {
    const { binaries } = inject('controlPlane');
    controlPlane = await startControlPlane({ binaries, extraApiServerArgs: args });
    const chart = await Chart.open();
    const manifests = await chart.render({ admissionPolicies: { validate: true, mutate: mutates } });
    await apply(controlPlane.kubectl, ...manifests.all.filter(isAdmissionObject));
    // A policy is in force a moment after it is there; what it does to others is not asked in a dry run.
    await until('the policies are in force', async () => {
      const name = `probe-${(made += 1)}`;
      const { code } = await create('jane', jobOf(name, { suspend: false }));
      return mutates ? code === 0 && (await read(name)).spec.suspend : code !== 0;
    });
  });

  afterAll(async () => {
    await controlPlane?.stop();
  });

  test.skipIf(mutates)('a Job that is not suspended is refused', async () => {
    const { code, stderr } = await create('jane', jobOf('running', { suspend: false }));
    expect(code).toBe(1);
    expect(stderr).toContain('spec.suspend must be true when it is created');
  });

  test.runIf(mutates)('a Job is suspended when it is created, and its pods are not doubled', async () => {
    await create('jane', jobOf('made', { suspend: false }));
    expect((await read('made')).spec).toMatchObject({ suspend: true, podReplacementPolicy: 'Failed' });
  });

  test('other Jobs are left alone', async () => {
    const other = jobOf('other', { suspend: false });
    expect(await create('jane', { ...other, metadata: { name: 'other' } })).toMatchObject({ code: 0 });
    expect((await read('other')).spec.suspend).toBe(false);
  });

  test('the operator alone unsuspends, and whoever is in the break-glass group', async () => {
    const name = await waiting();
    const { stderr } = await patch('jane', name, { spec: { suspend: false } });
    expect(stderr).toContain('is set to false by the operator alone');
    expect(await patch('operator', name, { spec: { suspend: false } })).toMatchObject({ code: 0 });
    const another = await waiting();
    expect(await patch('breakGlass', another, { spec: { suspend: false } })).toMatchObject({ code: 0 });
  });

  test('a Job may be suspended again by anybody', async () => {
    const name = await waiting();
    await patch('operator', name, { spec: { suspend: false } });
    expect(await patch('jane', name, { spec: { suspend: true } })).toMatchObject({ code: 0 });
  });

  test.each(['qlik-server', 'qlik-server-namespace', 'slots'])(
    'the label %s stays as it is',
    async (label) => {
      const name = await waiting();
      const changed = { metadata: { labels: { [`kpimailer.io/${label}`]: '2' } } };
      expect((await patch('jane', name, changed)).stderr).toContain('of a Job cannot be changed');
      const removed = { metadata: { labels: { 'kpimailer.io/qlik-server': null } } };
      expect((await patch('jane', name, removed)).stderr).toContain('of a Job cannot be changed');
    },
  );

  test('parallelism is not raised while it runs, and may be before', async () => {
    const name = await waiting();
    expect(await patch('jane', name, { spec: { parallelism: 2 } })).toMatchObject({ code: 0 });
    await patch('operator', name, { spec: { suspend: false } });
    expect((await patch('jane', name, { spec: { parallelism: 3 } })).stderr).toContain('cannot be raised');
    expect(await patch('jane', name, { spec: { parallelism: 1 } })).toMatchObject({ code: 0 });
  });

  test('an annotation changes nothing of a running Job', async () => {
    const name = await waiting();
    await patch('operator', name, { spec: { suspend: false } });
    const annotated = await patch('jane', name, { metadata: { annotations: { note: 'looked at' } } });
    expect(annotated).toMatchObject({ code: 0 });
    expect((await read(name)).spec.suspend).toBe(false);
  });
});
