import { parseDuration } from './api/duration.ts';
import type { ListenAddress } from './telemetry/http.ts';

/** How the texts of flags become values; each throws the rule that is broken. */

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^[0-9]+$/u.test(text) || number < min || number > max)
      throw new Error(`a whole number from ${min} to ${max}`);
    return number;
  };
}

export function durationBetween(min: string, max: string): (text: string) => number {
  return (text) => {
    const value = parseDuration(text);
    if (value === undefined || value < (parseDuration(min) ?? 0) || value > (parseDuration(max) ?? 0)) {
      throw new Error(`a duration such as 90s or 1h30m, from ${min} to ${max}`);
    }
    return value;
  };
}

export function wholeSeconds(min: string, max: string): (text: string) => number {
  const duration = durationBetween(min, max);
  return (text) => {
    const value = duration(text);
    if (value % 1000 !== 0) throw new Error(`a duration in whole seconds, from ${min} to ${max}`);
    return value;
  };
}

export function namespace(text: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u.test(text)) return text;
  throw new Error('the name of a namespace');
}

export function namespaces(text: string): readonly string[] {
  const names = listOf(text);
  try {
    return [...new Set(names.map(namespace))];
  } catch {
    throw new Error('names of namespaces separated by commas');
  }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const LABEL_KEY = String.raw`([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?`;
const LABEL_VALUE = String.raw`([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?`;
const REQUIREMENT = [
  `!?${LABEL_KEY}`,
  String.raw`${LABEL_KEY}\s*(=|==|!=)\s*${LABEL_VALUE}`,
  String.raw`${LABEL_KEY}\s+(in|notin)\s+\(\s*${LABEL_VALUE}(\s*,\s*${LABEL_VALUE})*\s*\)`,
].join('|');
const LABEL_SELECTOR = new RegExp(String.raw`^\s*(${REQUIREMENT})(\s*,\s*(${REQUIREMENT}))*\s*$`, 'u');

export function labelSelector(text: string): string {
  if (text === '' || LABEL_SELECTOR.test(text)) return text.trim();
  throw new Error('a label selector such as team=finance,tier in (a,b)');
}

export function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new Error(`one of ${values.join(', ')}`);
    return found;
  };
}

export function trueOrFalse(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new Error('true or false');
  return text === 'true';
}

export function hostPatterns(text: string): readonly string[] {
  const patterns = listOf(text);
  if (patterns.every((pattern) => /^(\*\.)?[A-Za-z0-9.:-]+$/u.test(pattern))) return patterns;
  throw new Error('host names separated by commas, each of which may begin with "*."');
}

export function listenAddress(text: string): ListenAddress {
  const [, host, port] = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]\s]*):([0-9]{1,5})$/u.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new Error('an address like :8080 or 127.0.0.1:8080');
  return {
    host: host === '' || host === undefined ? undefined : host.replace(/^\[(.*)\]$/u, '$1'),
    port: Number(port),
  };
}
