import { FilterError } from './filtererror.ts';

/** A GUID as QRS writes it: without quotes in a filter. */
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A piece of a filter: a bracket, a quoted text (without its quotes and escapes) or a bare word. */
export interface Token {
  readonly kind: 'open' | 'close' | 'text' | 'word';
  readonly value: string;
}

const pattern = /\s*(?:(?<open>\()|(?<close>\))|'(?<text>(?:[^'\\]|\\['\\])*)'|(?<word>[@\w.:+-]+))\s*/y;

/** Cuts a filter into tokens. Double quotes, unknown escapes and open quotes cannot be parsed. */
export function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < filter.length) {
    const groups = pattern.exec(filter)?.groups;
    const [kind, value] = Object.entries(groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    if (kind === undefined || value === undefined) {
      throw FilterError.cannotParse(filter);
    }
    tokens.push({ kind: kind as Token['kind'], value: value.replaceAll(/\\(['\\])/g, '$1') });
  }
  return tokens;
}
