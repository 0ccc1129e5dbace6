/** An object of the repository, full shape. */
export interface QlikRecord {
  readonly id: string;
  readonly [property: string]: unknown;
}

/** Values that a property path (`userId`, `stream.name`, `@Department`) has in a record; undefined if QRS has no such property. */
export function valuesOf(record: QlikRecord, path: string): readonly unknown[] | undefined {
  if (path.startsWith('@')) {
    return customValues(record, path.slice(1));
  }
  let values: readonly unknown[] = [record];
  for (const name of path.split('.')) {
    const holders = values.filter((value) => typeof value === 'object' && value !== null);
    if (holders.length > 0 && !holders.some((holder) => Object.hasOwn(holder, name))) {
      return undefined;
    }
    values = holders.flatMap((holder) => (holder as QlikRecord)[name]);
  }
  return values;
}

function customValues(record: QlikRecord, name: string): readonly unknown[] {
  const all = (record['customProperties'] ?? []) as { value: string; definition: { name: string } }[];
  return all.filter(({ definition }) => definition.name === name).map(({ value }) => value);
}
