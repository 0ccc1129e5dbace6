import { fieldsOf, type Schema } from './schema-fields.ts';
import { SCHEMA_HASH_ANNOTATION } from './group.ts';

/** Text of `expected-schema.ts`: what the operator must know of its own schema without loading zod at the start. */
export function expectedSchemaModule(crd: unknown): string {
  const { metadata, spec } = crd as {
    metadata: { annotations: Record<string, string> };
    spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
  };
  const status = spec.versions[0]?.schema.openAPIV3Schema.properties?.['status'];
  return [
    '// Made from src/api by `make generate`; do not edit.',
    '',
    '/** Tells the schema of this build from others; the CustomResourceDefinition is annotated with it. */',
    `export const SCHEMA_HASH = '${metadata.annotations[SCHEMA_HASH_ANNOTATION]}';`,
    '',
    '/** Paths of the fields of QlikServer.status. */',
    'export const STATUS_FIELDS: readonly string[] = [',
    ...fieldsOf(status).map((field) => `  '${field}',`),
    '];',
    '',
  ].join('\n');
}
