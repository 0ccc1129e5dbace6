import * as fc from 'fast-check';
import type { Json } from './api.ts';
import { aName, anyText, mutated, type Mutations, number, objectName, some, textOf } from './arbitraries.ts';

const podUid = fc.uuid();
const holder = fc.oneof(
  fc.tuple(objectName, podUid).map(([name, uid]) => ({ holderRef: { kind: 'Pod', name, uid } })),
  fc.integer({ min: 10, max: 3600 }).map((leaseDurationSeconds) => ({ leaseDurationSeconds })),
);

const common = some(
  {
    serverRef: some({ name: objectName, namespace: objectName }, ['name']),
    slots: fc.integer({ min: 1, max: 64 }),
    priorityClassName: objectName,
  },
  ['serverRef'],
);

/** A spec that is meant to be accepted. */
const goodSpec: fc.Arbitrary<Json> = fc
  .tuple(common, holder)
  .map((parts) => Object.assign({}, ...parts) as Json);

/** What a mutation may put at each path. */
const MUTATIONS: Mutations = {
  serverRef: fc.constant({}),
  'serverRef.name': aName,
  'serverRef.namespace': aName,
  slots: number,
  holderRef: fc.constantFrom<unknown[]>(undefined, {}, { kind: 'Pod', name: 'worker', uid: '1' }),
  'holderRef.kind': fc.constantFrom('Pod', 'Job', 'pod'),
  'holderRef.name': aName,
  'holderRef.uid': textOf(anyText, 64),
  leaseDurationSeconds: fc.oneof(number, fc.constantFrom<unknown[]>(undefined, 9, 10, 30, 3600, 3601)),
  priorityClassName: aName,
};

export const generatedExecution = mutated(goodSpec, MUTATIONS);
