import { beforeAll, describe, expect, test } from 'vitest';
import { type Config, parseCommand } from '../../src/config.ts';
import { Chart, RELEASE } from '../installation/chart.ts';
import { apply, restrictedNamespace } from '../installation/apply.ts';
import { installPodMonitors, sharedKubectl } from './cluster.ts';
import type { Manifests } from '../installation/manifests.ts';
import { NAMESPACES, type Variant, VARIANTS } from './variants.ts';

let chart: Chart;
let defaults: Manifests;

beforeAll(async () => {
  chart = await Chart.open();
  defaults = await chart.render({});
  const kubectl = sharedKubectl();
  await installPodMonitors(kubectl);
  await apply(kubectl, ...[RELEASE.namespace, ...NAMESPACES].map(restrictedNamespace));
});

describe.each(VARIANTS)('$title', ({ values, release = RELEASE, ...expected }: Variant) => {
  let rendered: Manifests;

  beforeAll(async () => {
    rendered = await chart.render(values, release);
  });

  test('renders the objects that it should', () => {
    const ids = rendered.ids(release.namespace);
    const before = defaults.ids(RELEASE.namespace);
    const come = ids.filter((id) => !before.includes(id)).map((id) => `+${id}`);
    const go = before.filter((id) => !ids.includes(id)).map((id) => `-${id}`);
    expect([...come, ...go].sort()).toEqual([...(expected.objects ?? [])].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('starts the operator with the settings that it should', () => {
    expect(configOf(rendered)).toEqual({ ...configOf(defaults), ...expected.config });
  });

  test('has a Deployment as it should', () => {
    expect(rendered.deployment.spec).toMatchObject(expected.deployment ?? {});
    expect(rendered.podTemplate.spec).toMatchObject(expected.pod ?? {});
  });

  test('grants nothing on Secrets or ConfigMaps cluster-wide, and nothing by wildcard', () => {
    const bound = rendered.boundRules;
    const clusterWide = bound.filter(({ namespace }) => namespace === undefined);
    const resources = clusterWide.flatMap(({ rule }) => rule.resources);
    expect(resources).not.toContain('secrets');
    expect(resources).not.toContain('configmaps');
    const words = bound.flatMap(({ rule }) => [rule.apiGroups, rule.resources, rule.verbs]).flat();
    expect(words).not.toContain('*');
    expect(bound.filter(({ rule }) => rule.resourceNames?.length === 0)).toEqual([]);
  });

  test('is accepted by the API server', async () => {
    const { code, stderr } = await sharedKubectl()(
      ['apply', '--dry-run=server', '--validate=strict', '--filename=-'],
      { input: rendered.asList },
    );
    expect(unexpected(stderr)).toEqual([]);
    expect(code).toBe(0);
  });

  test('has a pod that Pod Security "restricted" admits', async () => {
    const { metadata, spec } = rendered.podTemplate;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: 'operator', namespace: release.namespace },
      spec,
    };
    const input = JSON.stringify(pod);
    const { code, stderr } = await sharedKubectl()(['create', '--dry-run=server', '--filename=-'], {
      input,
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});

function configOf(manifests: Manifests): Config {
  const command = parseCommand(manifests.args, {});
  if (command.kind !== 'run') throw new Error(`The arguments mean ${command.kind}`);
  return command.config;
}

/** Lines other than the note on objects that were made without `kubectl apply`: the CRDs, in some runs. */
function unexpected(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.includes('last-applied-configuration'));
}
