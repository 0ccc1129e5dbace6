import { TOUCHED_ANNOTATION } from '../../../src/api/executions.ts';
import { type ApiObject, type Fields, isRecord } from '../object.ts';
import { comparedFields } from './compared.ts';
import type { Exchange } from './recording.ts';

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu;
const TIMES = new Set(['creationTimestamp', 'deletionTimestamp', 'startTime', 'completionTime']);
/** Their messages name the object and the reason; those of other errors differ in words. */
const SAME_MESSAGE = new Set([404, 409]);

/**
 * What two API servers have answered, made comparable: uids and versions are numbered in the order in which they appear, so
 * that it is seen which are the same. Times are only there or not; the version of a list counts the writes of others, too.
 */
export function normalForm(exchanges: readonly Exchange[]): unknown[] {
  const numbers = new Map<string, string>();
  const numbered = (what: string, value: string): string => {
    const key = `${what} ${value}`;
    if (!numbers.has(key)) numbers.set(key, `${what} ${numbers.size + 1}`);
    return numbers.get(key)!;
  };
  const normal = (value: unknown, field = ''): unknown => {
    if (Array.isArray(value)) return value.map((one) => normal(one));
    if (isRecord(value)) return normalFields(value);
    if (typeof value !== 'string') return value;
    if (TIMES.has(lastPart(field))) return 'a time';
    if (field === TOUCHED_ANNOTATION) return 'a random value';
    if (lastPart(field) === 'resourceVersion') return numbered('version', value);
    return withoutGenerated(value, generated).replaceAll(UID, (uid) => numbered('uid', uid));
  };
  const generated = exchanges.flatMap(({ answer }) => generatedName(answer));
  const normalFields = (fields: Fields): Fields =>
    Object.fromEntries(
      Object.keys(fields)
        .toSorted()
        .map((field) => [normal(field) as string, normal(fields[field], field)]),
    );
  return exchanges.map(({ request, kind, answer, error }) => ({
    request: normal(request),
    ...(answer === undefined ? {} : { answer: normal(comparable(answer, kind)) }),
    ...(error === undefined ? {} : { error: normal(comparableError(error)) }),
  }));
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function comparable(answer: Fields, kind: string): Fields {
  const { items, metadata, kind: listKind } = answer as { items?: Fields[]; metadata?: Fields; kind: string };
  if (items === undefined) return comparedFields(answer, listKind);
  return {
    kind: listKind,
    hasContinue: typeof metadata?.['continue'] === 'string' && metadata['continue'] !== '',
    hasVersion: Number(metadata?.['resourceVersion']) > 0,
    kindsOfItems: items.map((item) => item['kind']),
    items: items.map((item) => comparedFields(item, (item['kind'] as string | undefined) ?? kind)),
  };
}

/** The generated part of a name is another each time; its length is not. */
function generatedName(answer: Fields | undefined): { prefix: string; name: string }[] {
  const { generateName: prefix, name } = (answer?.['metadata'] ?? {}) as Partial<ApiObject['metadata']>;
  return prefix !== undefined && name?.startsWith(prefix) ? [{ prefix, name }] : [];
}

function withoutGenerated(text: string, generated: readonly { prefix: string; name: string }[]): string {
  return generated.reduce(
    (changed, { prefix, name }) =>
      changed.replaceAll(name, `${prefix}${'*'.repeat(name.length - prefix.length)}`),
    text,
  );
}

function comparableError({ code, reason, message }: NonNullable<Exchange['error']>): Fields {
  const isCompared = SAME_MESSAGE.has(code) && !/precondition/iu.test(message);
  return { code, reason, ...(isCompared ? { message } : {}) };
}
