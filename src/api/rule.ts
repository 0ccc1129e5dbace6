import type * as z from 'zod';

/** A cross-field or textual rule in both its forms, so that the API server and the operator can never disagree. */
export interface Rule<T> {
  /** The rule as the API server evaluates it; `self` is the value. */
  readonly cel: string;
  /** The same rule for values that did not pass an API server. */
  readonly holds: (value: T) => boolean;
  /** What a user reads when it is broken: names the field, the rule and the way out. */
  readonly message: string;
}

/** Writes a text as a CEL string literal. */
export function celString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * A rule that a whole string must match. The expression must mean the same in RE2 and in JavaScript: no look-around,
 * no back-references.
 */
export function matches(expression: RegExp, message: string): Rule<string> {
  return {
    cel: `self.matches(${celString(expression.source)})`,
    holds: (value) => expression.test(value),
    message,
  };
}

/** Adds rules, and with them the help text of `kubectl explain`, to a schema. */
export function constrained<S extends z.ZodType>(
  schema: S,
  description: string,
  ...rules: readonly Rule<z.output<S>>[]
): S {
  const checked = rules.reduce<S>(
    (inner, { holds, message }) => inner.refine((value) => holds(value), message),
    schema,
  );
  return checked.meta({
    description,
    'x-kubernetes-validations': rules.map(({ cel, message }) => ({ rule: cel, message })),
  });
}
