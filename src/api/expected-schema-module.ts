import type { GeneratedCrd } from './crd.ts';
import { fieldsOf, type Schema } from './schema-fields.ts';
import { SCHEMA_HASH_ANNOTATION } from './group.ts';

/** Text of `expected-schema.ts`: what the operator must know of its own schemas without loading zod at the start. */
export function expectedSchemaModule(crds: readonly GeneratedCrd[]): string {
  return [
    '// Made from src/api by `make generate`; do not edit.',
    '',
    '/** Of each CustomResourceDefinition of this build: the hash it is annotated with, and the fields that are written. */',
    'export const EXPECTED_SCHEMAS = [',
    ...crds.flatMap(entryOf),
    '] as const;',
    '',
  ].join('\n');
}

function entryOf({ name, written, definition }: GeneratedCrd): string[] {
  const { metadata, spec } = definition as {
    metadata: { annotations: Record<string, string> };
    spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
  };
  const part = spec.versions[0]?.schema.openAPIV3Schema.properties?.[written];
  return [
    '  {',
    `    name: '${name}',`,
    `    hash: '${metadata.annotations[SCHEMA_HASH_ANNOTATION]}',`,
    '    writtenFields: [',
    ...fieldsOf(part, `${written}.`).map((field) => `      '${field}',`),
    '    ],',
    '  },',
  ];
}
