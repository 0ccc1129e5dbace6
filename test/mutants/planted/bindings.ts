import type { Mutant } from '../mutant.ts';

const JUDGING = 'src/reconcilers/server/judging.test.ts';
const BINDINGS = 'src/reconcilers/server/bindings.test.ts';

/** Bugs in what executions are given, and in how new contents are judged beside it. */
export const BINDINGS_AND_CANDIDATES: readonly Mutant[] = [
  {
    name: 'contents that were not accepted replace those in use',
    file: 'reconcilers/server/judging.ts',
    find: `return after.proved === candidate.fingerprint ? after : withFailed(state, spec, check);`,
    replace: `return after;`,
    testFile: JUDGING,
    tests: ['new contents that are rejected say nothing of what is in use'],
  },
  {
    name: 'contents that cannot be read take a proved connection down',
    file: 'reconcilers/server/judging.ts',
    find: `(proved === undefined || !isOfContents(offered))`,
    replace: `offered.reason !== undefined`,
    testFile: JUDGING,
    tests: ['new contents that cannot be read are said to be so, and what is in use goes on'],
  },
  {
    name: 'a client that is rejected beside a proved one is tried as often as any other',
    file: 'reconcilers/server/candidate.ts',
    find: `rejectsClient(report) ? rejectionDelay(spec, failures) : delay(),`,
    replace: `delay(),`,
    testFile: JUDGING,
    tests: ['new contents of an OAuth client that is rejected are held back, ever longer'],
  },
  {
    name: 'new contents are judged with every reconcile',
    file: 'reconcilers/server/candidate.ts',
    find: `candidate.nextAttemptAt <= now;`,
    replace: `candidate.nextAttemptAt > 0;`,
    testFile: JUDGING,
    tests: [
      'new contents that are rejected are tried again in the rhythm of the checks, as is what is in use',
    ],
  },
  {
    name: 'the credentials of another connection are taken for those of this one',
    file: 'reconcilers/server/bindings.ts',
    find: `if (annotations[FIELDS_ANNOTATION] !== fieldsHash(server)) return undefined;`,
    replace: ``,
    testFile: BINDINGS,
    tests: ['what executions have is nothing of another connection'],
  },
  {
    name: 'a Secret of somebody else is overwritten',
    file: 'reconcilers/server/bindings.ts',
    find: `if (secret === undefined || isOwned(secret, server) || isOffered(secret)) return secret;`,
    replace: `if (secret === undefined || secret.metadata.uid !== '') return secret;`,
    testFile: BINDINGS,
    tests: ['what was proved is not written into a Secret that holds something'],
  },
  {
    name: 'credentials that were taken back stay with executions',
    file: 'reconcilers/server/bindings.ts',
    find: `for (const name of new Set([before, wanted])) await this.#revoke(server, name);`,
    replace: ``,
    testFile: BINDINGS,
    tests: ['credentials that were taken back are taken from executions'],
  },
  {
    name: 'a Secret that is not owned is deleted',
    file: 'reconcilers/server/bindings.ts',
    find: `if (secret === undefined || !isOwned(secret, server)) return;`,
    replace: `if (secret === undefined) return;`,
    testFile: BINDINGS,
    tests: ['a Secret that is not wanted any more is left alone, if it is somebody else’s by now'],
  },
  {
    name: 'each warning of a certificate is told with every status',
    file: 'reconcilers/server/happenings.ts',
    find: `if (after?.reason !== 'ExpiresSoon' || before?.message === after.message) return [];`,
    replace: `if (after?.reason !== 'ExpiresSoon') return [];`,
    testFile: 'src/reconcilers/server/happenings.test.ts',
    tests: ['each warning of a certificate that expires is told once, and of another certificate anew'],
  },
];
