import { FilterError } from './filtererror.ts';
import { type Comparison, type Expression, type Operator, parse } from './parse.ts';
import { type QlikRecord, valuesOf } from './property.ts';
import { GUID } from './tokens.ts';

type Comparable = string | number | boolean;

const compare: Record<Operator, (left: Comparable, right: Comparable) => boolean> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  gt: (left, right) => left > right,
  ge: (left, right) => left >= right,
  lt: (left, right) => left < right,
  le: (left, right) => left <= right,
  sw: (left, right) => String(left).startsWith(String(right)),
  ew: (left, right) => String(left).endsWith(String(right)),
  so: (left, right) => String(left).includes(String(right)),
};

/** The records that a filter keeps, or the {@link FilterError} that QRS answers. Texts are compared without case. */
export function applyFilter(records: readonly QlikRecord[], filter: string): readonly QlikRecord[] {
  const expression = parse(filter);
  return records.filter((record) => holds(expression, record, filter));
}

function holds(expression: Expression, record: QlikRecord, filter: string): boolean {
  if (expression.kind === 'comparison') {
    return comparisonHolds(expression, record, filter);
  }
  const left = holds(expression.left, record, filter);
  const right = holds(expression.right, record, filter);
  return expression.kind === 'and' ? left && right : left || right;
}

function comparisonHolds(
  { property, operator, literal }: Comparison,
  record: QlikRecord,
  filter: string,
): boolean {
  const values = valuesOf(record, property)?.filter((value) => value !== null);
  if (values === undefined || values.some((value) => kindOf(value) !== literal.kind)) {
    throw FilterError.cannotParse(filter);
  }
  return values.some((value) => compare[operator](folded(value), folded(literal.value)));
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') {
    return GUID.test(value) ? 'guid' : 'text';
  }
  return typeof value;
}

function folded(value: unknown): Comparable {
  return typeof value === 'string' ? value.toLowerCase() : (value as Comparable);
}
