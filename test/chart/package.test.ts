import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { chartCrds } from '../../deploy/chart-crds.ts';
import { CHART } from '../../deploy/helm.ts';
import { MANIFESTS, plainManifests } from '../../deploy/manifests.ts';
import { helpText } from '../../src/config.ts';
import { version } from '../../src/version.ts';
import { runCommand } from '../controlplane/command.ts';
import { Chart } from '../installation/chart.ts';
import type { Manifest } from '../installation/manifests.ts';
import { EVERYTHING } from './variants.ts';

const ROOT = join(import.meta.dirname, '../..');

let chart: Chart;

beforeAll(async () => {
  chart = await Chart.open();
});

test('passes the strict linter', async () => {
  const { code, stdout } = await chart.run(['lint', '--strict']);
  expect(stdout).toContain('0 chart(s) failed');
  expect(code).toBe(0);
});

test('has the version of the operator', () => {
  const { appVersion } = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as { appVersion: string };
  expect(appVersion).toBe(version());
});

test('asks for the image that `make image` builds', async () => {
  const { image } = (await chart.render({})).podTemplate.spec.containers[0];
  const { stdout } = await runCommand('make', ['--directory', ROOT, 'image', 'CONTAINER_TOOL=echo']);
  expect(stdout).toContain(`build --tag ${image} --build-arg VERSION=${version()} `);
});

test.each(['v1.33.0', 'v1.33.4-eks-a1b2c3', 'v1.36.3'])('works on Kubernetes %s', async (kubeVersion) => {
  const { code, stderr } = await chart.run(['template', `--kube-version=${kubeVersion}`, 'x']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('refuses a Kubernetes that is too old', async () => {
  const { code, stderr } = await chart.run(['template', '--kube-version=v1.32.9', 'x']);
  expect(stderr).toContain('requires kubeVersion: >=1.33.0-0');
  expect(code).toBe(1);
});

test('has the CRDs of crds/ (make generate)', () => {
  const { generated, copied } = chartCrds();
  expect(copied).toEqual(generated);
  expect(Object.keys(generated)).not.toEqual([]);
});

test('renders the CRDs unchanged but for more labels and annotations', async () => {
  const rendered = await chart.render({
    crds: { annotations: { note: 'x', 'kpimailer.io/schema-hash': 'y' } },
  });
  const crds = rendered.ofKind('CustomResourceDefinition');
  const generated = Object.values(chartCrds().generated).map((text) => parse(text) as Manifest);
  expect(crds.map(({ spec }) => spec)).toEqual(generated.map(({ spec }) => spec));
  for (const [index, { metadata }] of crds.entries()) {
    const { annotations = {} } = generated[index]?.metadata ?? {};
    expect(Object.keys(annotations)).toContain('kpimailer.io/schema-hash');
    expect(metadata.annotations).toEqual({
      ...annotations,
      note: 'x',
      'helm.sh/resource-policy': 'keep',
    });
    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'Helm' });
  }
});

test('has a value for every flag of the operator', async () => {
  const flags = [...helpText().matchAll(/^ {2}--([a-z-]+)/gmu)].map(([, flag]) => flag ?? '');
  const { args } = await chart.render(EVERYTHING);
  const rendered = args.map((arg) => arg.slice(2, arg.indexOf('=')));
  const notSettings = ['help', 'kubeconfig', 'version'];
  expect([...rendered, ...notSettings].sort()).toEqual(flags.sort());
});

test('deploy/manifests is up to date (make manifests)', async () => {
  expect(readFileSync(MANIFESTS, 'utf8')).toBe(await plainManifests());
});
