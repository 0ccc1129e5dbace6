import { qlikServerSpec, type QlikServerSpec } from '../../../src/api/qlikserver.ts';
import { ConfigurationProblem } from '../../../src/connections/problem.ts';
import type { ReadSource } from '../../../src/connections/source.ts';

/** Secrets (labelled) and ConfigMaps by `kind/name`, as text or bytes by key. */
export type Objects = Readonly<Record<string, Readonly<Record<string, string | Buffer>>>>;

/** Reads from buffers in place of an API server. */
export function readFrom(objects: Objects): ReadSource {
  return ({ kind, name }) => {
    const found = objects[`${kind}/${name}`];
    if (found === undefined) return Promise.resolve({ state: 'absent' });
    const data = Object.fromEntries(
      Object.entries(found).map(([key, value]) => [key, Buffer.from(value as string)]),
    );
    return Promise.resolve({ state: 'present', labels: { 'kpimailer.io/credentials': 'true' }, data });
  };
}

/** A spec with defaults, its certificate the Secret `qlik`. */
export function specWith(
  onPremise: Readonly<Record<string, unknown>> = {},
  trust: readonly unknown[] = [],
): QlikServerSpec {
  return qlikServerSpec.parse({
    type: 'OnPremise',
    onPremise: {
      serverUrl: 'https://qlik.corp.example/kpi',
      userDirectory: 'CORP',
      serviceAccountUser: 'svc_kpi',
      clientCertificate: { pkcs12: { secretName: 'qlik' } },
      ...onPremise,
    },
    trust,
  });
}

/** The problem that making material ends with. */
export async function problemOf(work: Promise<unknown>): Promise<ConfigurationProblem> {
  const error = await work.then(
    () => new Error('there was no problem'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ConfigurationProblem) return error;
  throw error;
}
