import * as fc from 'fast-check';
import { TRACKING_FINALIZER } from '../job.ts';
import type { Fields } from '../object.ts';
import { PODS } from '../pods.ts';
import type { ApiResource } from '../resource.ts';
import { type Sample, SAMPLES } from './samples.ts';

const LABEL = 'kpimailer.io/qlik-server';

/** Of which answer about the object a request has the version or the uid; the first one is soon stale. */
export type Memory = 'none' | 'first' | 'last' | 'wrong';

export type Command =
  | { readonly do: 'create' | 'get' | 'bind'; readonly name: string }
  | {
      readonly do: 'patch' | 'put';
      readonly name: string;
      readonly changes: Fields;
      readonly version: Memory;
      readonly uid: Memory;
      readonly subresource: '' | '/status';
    }
  | { readonly do: 'delete'; readonly name: string; readonly options: Fields; readonly uid: Memory }
  | { readonly do: 'list'; readonly query: Record<string, string> };

export interface RandomRequests {
  /** Of the resource. */
  readonly plural: string;
  readonly commands: readonly Command[];
}

const name = fc.constantFrom('a', 'a', 'a', 'b');
const memory: fc.Arbitrary<Memory> = fc.constantFrom('none', 'none', 'none', 'last', 'first', 'wrong');

const metadata = fc.record(
  {
    labels: fc.constantFrom<Fields | null>({ [LABEL]: 'one' }, { [LABEL]: 'two' }, { [LABEL]: null }, null),
    annotations: fc.constantFrom<Fields | null>({ note: 'one' }, { note: 'two' }, {}, null),
    finalizers: fc.constantFrom<string[] | null>([TRACKING_FINALIZER], ['example.com/hold'], [], null),
  },
  { requiredKeys: [] },
);

const template = fc.constantFrom<Fields>(
  { metadata: { labels: { [LABEL]: 'one' } } },
  { metadata: { labels: { [LABEL]: null } } },
  { spec: { nodeSelector: { disk: 'ssd' } } },
  { spec: { containers: [{ name: 'main', image: 'another' }] } },
);

const CHANGES: Readonly<Record<string, fc.Arbitrary<Fields>>> = {
  Job: fc.record(
    {
      suspend: fc.constantFrom(true, false, null),
      parallelism: fc.constantFrom(1, 2, null, -1),
      completions: fc.constantFrom(1, 2),
      podReplacementPolicy: fc.constantFrom('Failed', 'TerminatingOrFailed'),
      template,
    },
    { requiredKeys: [] },
  ),
  Lease: fc.record({ holderIdentity: fc.constantFrom('a', 'b', null) }, { requiredKeys: [] }),
  QlikServer: fc.record(
    { suspend: fc.boolean(), readiness: fc.constantFrom('Connected', 'Never', null) },
    { requiredKeys: [] },
  ),
  QlikExecution: fc.record(
    { a: fc.constantFrom(1, 2, null), b: fc.constantFrom({}, { c: 1 }) },
    { requiredKeys: [] },
  ),
};

const STATUS: Readonly<Record<string, fc.Arbitrary<Fields>>> = {
  Job: fc.record(
    {
      active: fc.constantFrom(0, 1),
      startTime: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', null),
      conditions: fc.constantFrom('True', 'False').map((status) => [{ type: 'Suspended', status }]),
    },
    { requiredKeys: [] },
  ),
  Pod: fc.record({ phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed') }),
  QlikServer: fc.record({ observedGeneration: fc.nat(2) }),
  QlikExecution: fc.record({ admitted: fc.boolean() }),
};

/** A change of fields of the object itself, as far as its kind has any. */
function mainChanges({ kind }: ApiResource): fc.Arbitrary<Fields> {
  const spec = CHANGES[kind];
  if (kind === 'QlikExecutionLedger')
    return fc.record({ metadata, readyUid: fc.constantFrom('a', 'b', null) }, { requiredKeys: [] });
  if (spec === undefined) return fc.record({ metadata }, { requiredKeys: [] });
  return fc.record({ metadata, spec }, { requiredKeys: [] });
}

function writes({ resource }: Sample): fc.Arbitrary<Command>[] {
  const base = { do: fc.constantFrom('patch' as const, 'patch' as const, 'put' as const), name };
  const main = fc.record({
    ...base,
    changes: mainChanges(resource),
    version: memory,
    uid: memory,
    subresource: fc.constant('' as const),
  });
  const status = STATUS[resource.kind];
  if (status === undefined) return [main, main];
  const changes = status.map((fields) => ({ status: fields }));
  return [
    main,
    main,
    fc.record({
      ...base,
      changes,
      version: memory,
      uid: memory,
      subresource: fc.constant('/status' as const),
    }),
  ];
}

const deletion = fc.record({
  do: fc.constant('delete' as const),
  name,
  uid: memory,
  options: fc.record(
    {
      propagationPolicy: fc.constantFrom('Background', 'Foreground', 'Orphan'),
      gracePeriodSeconds: fc.constantFrom(0, 5, 3600),
    },
    { requiredKeys: [] },
  ),
});

function commands(sample: Sample): fc.Arbitrary<Command[]> {
  const query = fc.constantFrom<Record<string, string>>(
    {},
    { labelSelector: `${LABEL}=one` },
    { labelSelector: `${LABEL}=two` },
  );
  const isPod = sample.resource === PODS;
  const one = fc.oneof(
    fc.record({ do: fc.constantFrom('create' as const, 'create' as const, 'get' as const), name }),
    ...writes(sample),
    deletion,
    fc.record({ do: fc.constant('list' as const), query }),
    ...(isPod ? [fc.record({ do: fc.constant('bind' as const), name })] : []),
  );
  return fc.array(one, { minLength: 4, maxLength: 14 });
}

/** Requests about a few objects of one kind; Jobs twice as often as others. */
export const randomRequests: fc.Arbitrary<RandomRequests> = fc
  .constantFrom(SAMPLES[0]!, ...SAMPLES)
  .chain((sample) =>
    commands(sample).map((rest) => ({
      plural: sample.resource.plural,
      commands: [{ do: 'create', name: 'a' } as const, ...rest],
    })),
  );
