import { expect, test } from 'vitest';
import { qlikServerCrd } from '../../../src/api/crd.ts';
import { VERSION } from '../../../src/api/group.ts';
import { until } from '../../controlplane/until.ts';
import { freshNamespace } from '../namespace.ts';
import { MINIMAL, change } from './specs.ts';

const GROUP = 'two-types.example';
const NAMES = { kind: 'TwoTypes', listKind: 'TwoTypesList', plural: 'twotypes', singular: 'twotypes' };

/**
 * The real schema with a second type, as it will be one day: until then the rule has nothing to refuse. It is another
 * kind, since the control plane is shared.
 */
function crdWithTwoTypes(): string {
  const crd = qlikServerCrd();
  const own = { group: GROUP, names: NAMES };
  const renamed = {
    ...crd,
    metadata: { name: `${NAMES.plural}.${GROUP}` },
    spec: { ...crd['spec']!, ...own },
  };
  return JSON.stringify(renamed, (key, value: unknown) =>
    key === 'enum' && String(value) === 'OnPremise' ? ['OnPremise', 'Cloud'] : value,
  );
}

test('the type of an object cannot be changed', async () => {
  const { kubectl } = await freshNamespace();
  const apply = (input: string) => kubectl(['apply', '--filename=-'], { input });
  const applyType = (type: string) =>
    apply(
      JSON.stringify({
        apiVersion: `${GROUP}/${VERSION}`,
        kind: NAMES.kind,
        metadata: { name: 'server' },
        spec: change(MINIMAL, 'type', type),
      }),
    );

  expect(await apply(crdWithTwoTypes())).toMatchObject({ code: 0 });
  await until('the kind is served', async () => (await applyType('OnPremise')).code === 0);
  expect(await applyType('Cloud')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      'spec.type: Invalid value: "Cloud": type cannot be changed; create another QlikServer instead',
    ),
  });
  expect(await applyType('OnPremise')).toMatchObject({ code: 0 });
});
