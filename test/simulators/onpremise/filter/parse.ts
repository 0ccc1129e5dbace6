import { FilterError } from './filtererror.ts';
import { GUID, type Token, tokenize } from './tokens.ts';

/** The comparison operators of QRS; `so` is "substring of". */
export const OPERATORS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'ew', 'so'] as const;

/** One of {@link OPERATORS}. */
export type Operator = (typeof OPERATORS)[number];

/** The right side of a comparison. */
export type Literal =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'guid'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean };

/** A parsed filter. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | Comparison;

/** `property operator literal` */
export interface Comparison {
  readonly kind: 'comparison';
  readonly property: string;
  readonly operator: Operator;
  readonly literal: Literal;
}

/** Parses a filter, or throws the {@link FilterError} that QRS answers. */
export function parse(filter: string): Expression {
  return new Parser(filter).whole();
}

class Parser {
  readonly #filter: string;
  readonly #tokens: Token[];

  constructor(filter: string) {
    this.#filter = filter;
    this.#tokens = tokenize(filter);
  }

  whole(): Expression {
    const expression = this.#disjunction();
    if (this.#tokens.length > 0) {
      throw this.#broken();
    }
    return expression;
  }

  #disjunction(): Expression {
    let left = this.#conjunction();
    while (this.#skip('word', 'or')) {
      left = { kind: 'or', left, right: this.#conjunction() };
    }
    return left;
  }

  #conjunction(): Expression {
    let left = this.#term();
    while (this.#skip('word', 'and')) {
      left = { kind: 'and', left, right: this.#term() };
    }
    return left;
  }

  #term(): Expression {
    if (!this.#skip('open')) {
      return this.#comparison();
    }
    if (this.#skip('close')) {
      throw new FilterError('Invalid expression');
    }
    const inner = this.#disjunction();
    if (!this.#skip('close')) {
      throw this.#broken();
    }
    return inner;
  }

  #comparison(): Comparison {
    const [property, operator, right] = this.#tokens.splice(0, 3);
    const known = OPERATORS.find((name) => operator?.kind === 'word' && operator.value === name);
    if (property?.kind !== 'word' || known === undefined || right === undefined) {
      throw this.#broken();
    }
    return { kind: 'comparison', property: property.value, operator: known, literal: this.#literal(right) };
  }

  #literal({ kind, value }: Token): Literal {
    if (kind === 'text') {
      return { kind, value };
    }
    if (GUID.test(value)) {
      return { kind: 'guid', value };
    }
    if (value === 'true' || value === 'false') {
      return { kind: 'boolean', value: value === 'true' };
    }
    if (kind === 'word' && /^-?\d+(\.\d+)?$/.test(value)) {
      return { kind: 'number', value: Number(value) };
    }
    throw this.#broken();
  }

  #skip(kind: Token['kind'], value = this.#tokens[0]?.value): boolean {
    const next = this.#tokens[0];
    const found = next?.kind === kind && next.value === value;
    if (found) {
      this.#tokens.shift();
    }
    return found;
  }

  #broken(): FilterError {
    return FilterError.cannotParse(this.#filter);
  }
}
