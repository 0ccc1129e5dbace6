import { type QlikRecord, valuesOf } from './filter/property.ts';

/** The records in the order of a property: texts without case, absent values first, equal ones in their usual order. */
export function sortedBy(
  records: readonly QlikRecord[],
  property: string,
  ascending: boolean,
): readonly QlikRecord[] {
  const sign = ascending ? 1 : -1;
  const keyed = records.map((record) => ({ record, key: keyOf(record, property) }));
  return keyed.sort((left, right) => sign * compare(left.key, right.key)).map(({ record }) => record);
}

function keyOf(record: QlikRecord, property: string): string | number {
  const [value] = valuesOf(record, property) ?? [];
  if (typeof value === 'number') return value;
  return (typeof value === 'string' ? value : JSON.stringify(value ?? '')).toLowerCase();
}

function compare(left: string | number, right: string | number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
