import * as fc from 'fast-check';
import type { Json } from './api.ts';
import { aName, durationField, mutated, type Mutations, number, objectName, some } from './arbitraries.ts';
import { authority, clientCertificate, generatedServer, goodSpec, keyReference } from './generated-server.ts';

const clientSecret = keyReference.map((secretKeyRef) => ({ secretKeyRef }));

const ofServerRef = fc
  .tuple(
    objectName,
    fc.oneof(
      some({}),
      clientCertificate.map((one) => ({ clientCertificate: one })),
      clientSecret.map((one) => ({ clientSecret: one })),
    ),
    some({ trust: fc.array(authority, { maxLength: 3 }) }),
  )
  .map(([name, ...parts]) => Object.assign({ serverRef: { name } }, ...parts) as Json);

const common = some({
  secretWait: fc.constantFrom('0s', '2m', '10m'),
  ttlSecondsAfterFinished: fc.integer({ min: 0, max: 2_592_000 }),
});

/** A spec that is meant to be accepted. */
const good: fc.Arbitrary<Json> = fc
  .tuple(
    common,
    fc.oneof(
      ofServerRef,
      goodSpec.map((server) => ({ server })),
    ),
  )
  .map((parts) => Object.assign({}, ...parts) as Json);

/** What a mutation may put at each path. */
const MUTATIONS: Mutations = {
  serverRef: fc.constantFrom<unknown[]>(undefined, {}, { name: 'finance' }),
  'serverRef.name': aName,
  server: generatedServer,
  clientCertificate,
  clientSecret,
  trust: fc.array(authority, { maxLength: 2 }),
  secretWait: durationField,
  ttlSecondsAfterFinished: number,
};

export const generatedConnectionTest = mutated(good, MUTATIONS);
