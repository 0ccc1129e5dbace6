/** As much of an OpenAPI schema as it takes to list its fields. */
export interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Paths of all fields of a schema; a list has those of its items. */
export function fieldsOf(schema: Schema | undefined, prefix = ''): string[] {
  if (schema?.items !== undefined) return fieldsOf(schema.items, prefix);
  return Object.entries(schema?.properties ?? {}).flatMap(([name, field]) =>
    [`${prefix}${name}`].concat(fieldsOf(field, `${prefix}${name}.`)),
  );
}
