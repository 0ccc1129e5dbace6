import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { CHART } from '../../deploy/helm.ts';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const SCHEMA = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as Schema;
const VALUES = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as object;

/** Fields of Kubernetes, which values.yaml need not list. */
const OF_KUBERNETES = /^(strategy|dnsConfig|livenessProbe|readinessProbe|resources)\./u;
/** What only a parent chart sets. */
const OF_PARENTS = new Set(['enabled', 'tags']);

// The other way round holds by itself: Helm checks values.yaml against the schema whenever it renders.
test('values.yaml lists every value of the schema', () => {
  const missing = valuesOf(SCHEMA, VALUES).filter(
    (path) => !OF_KUBERNETES.test(path) && !OF_PARENTS.has(path),
  );
  expect(missing).toEqual([]);
});

test('every object of the schema that has properties refuses others', () => {
  expect(openObjects(SCHEMA, '')).toEqual([]);
});

/** Paths of properties that the values do not have. */
function valuesOf(schema: Schema, values: unknown, path = ''): string[] {
  return Object.entries(resolved(schema).properties ?? {}).flatMap(([name, property]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const found = (values as Readonly<Record<string, unknown>> | undefined)?.[name];
    const below = valuesOf(property, found, at);
    return found === undefined ? [at].concat(below) : below;
  });
}

function resolved(schema: Schema): Schema {
  const name = schema.$ref?.replace('#/definitions/', '');
  return name === undefined ? schema : (SCHEMA.definitions?.[name] ?? schema);
}

function openObjects(node: unknown, path: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties, additionalProperties } = node as Schema;
  const isOpen = typeof properties === 'object' && additionalProperties !== false;
  return [
    ...(isOpen ? [path] : []),
    ...Object.entries(node).flatMap(([key, inner]) => openObjects(inner, `${path}/${key}`)),
  ];
}
