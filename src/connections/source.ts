import { CREDENTIALS_LABEL } from '../api/group.ts';
import { ConfigurationProblem } from './problem.ts';

export type SourceKind = 'Secret' | 'ConfigMap';

/** A Secret or ConfigMap that a connection reads, always in the namespace of its QlikServer. */
export interface SourceReference {
  readonly kind: SourceKind;
  readonly name: string;
}

/** The contents of one source, or why there are none. */
export type Source =
  | {
      readonly state: 'present';
      readonly labels: Readonly<Record<string, string>>;
      readonly data: Readonly<Record<string, Buffer>>;
    }
  | { readonly state: 'absent' }
  | { readonly state: 'denied'; readonly remedy: string };

/** Where contents come from: the API server for the operator, files for the command line. */
export type ReadSource = (reference: SourceReference) => Promise<Source>;

/** Reads each source once, however many of its keys are wanted: what is made of them belongs to one moment. */
export function readingOnce(read: ReadSource): ReadSource {
  const sources = new Map<string, Promise<Source>>();
  return (reference) => {
    const id = `${reference.kind}/${reference.name}`;
    const source = sources.get(id) ?? read(reference);
    sources.set(id, source);
    return source;
  };
}

/** One key of a source; a `ConfigurationProblem` says exactly what is missing. Secrets must carry the label. */
export async function readKey(read: ReadSource, reference: SourceReference, key: string): Promise<Buffer> {
  const { kind, name } = reference;
  const data = await readData(read, reference);
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value !== undefined) return value;
  const present = Object.keys(data).sort().join(', ');
  throw new ConfigurationProblem(
    `${kind}KeyNotFound`,
    `the ${kind} "${name}" has no key "${key}"; it has ${present === '' ? 'no keys' : `the keys ${present}`}`,
  );
}

/** All data of a source. */
export async function readData(
  read: ReadSource,
  reference: SourceReference,
): Promise<Readonly<Record<string, Buffer>>> {
  const { kind, name } = reference;
  const source = await read(reference);
  if (source.state === 'denied') throw new ConfigurationProblem('SecretAccessDenied', source.remedy);
  if (source.state === 'absent')
    throw new ConfigurationProblem(
      `${kind}NotFound`,
      `the ${kind} "${name}" does not exist in this namespace`,
    );
  if (kind === 'Secret' && source.labels[CREDENTIALS_LABEL.name] !== CREDENTIALS_LABEL.value) {
    throw new ConfigurationProblem(
      'SecretNotLabelled',
      `the Secret "${name}" is not marked as Qlik credentials; allow its use: kubectl label secret ${name} ${CREDENTIALS_LABEL.name}=${CREDENTIALS_LABEL.value}`,
    );
  }
  return source.data;
}
