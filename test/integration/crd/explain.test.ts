import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CRDS } from '../../../src/api/crd.ts';
import { until } from '../../controlplane/until.ts';
import { freshNamespace } from '../namespace.ts';

const GOLDEN = path.join(import.meta.dirname, 'golden/explain-onpremise.txt');

test('kubectl explain says what a user needs to know (UPDATE_GOLDEN=1 writes the golden file)', async () => {
  const { kubectl } = await freshNamespace();
  const explain = () => kubectl(['explain', 'qlikserver.spec.onPremise']);
  // The API server publishes the schema of a new kind a moment after it serves it.
  await until('the schema is published', async () => (await explain()).code === 0);
  const { stdout } = await explain();
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, stdout);
  expect(stdout).toBe(readFileSync(GOLDEN, 'utf8'));
});

/** The API server knows these itself. */
const STANDARD = new Set(['apiVersion', 'kind', 'metadata']);

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Every field below a schema, by its path as `kubectl explain` takes it. */
function fields(schema: Schema, at: string): [string, Schema][] {
  const below = Object.entries({ ...schema.properties, ...schema.items?.properties });
  return below.flatMap(([name, field]) => {
    const path = `${at}.${name}`;
    return [[path, field] as [string, Schema]].concat(fields(field, path));
  });
}

test.each(CRDS)('every field of $name has a description', ({ definition }) => {
  const { spec } = definition as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };
  const root = spec.versions[0]?.schema.openAPIV3Schema ?? {};
  const own = Object.entries(root.properties ?? {}).filter(([name]) => !STANDARD.has(name));
  const all = [['root', root] as [string, Schema]].concat(
    own,
    own.flatMap(([name, schema]) => fields(schema, name)),
  );
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter(([, { description = '' }]) => !/^\S.*[.]$/u.test(description)).map(([at]) => at)).toEqual(
    [],
  );
});
