import type { Mutant } from '../mutant.ts';

const JUDGE = 'src/reconcilers/server/judge.test.ts';
const WORTH = 'src/reconcilers/server/worth-writing.test.ts';

/** Verdicts that come too soon, too late or not at all, and how they are written. */
export const JUDGEMENT: readonly Mutant[] = [
  {
    name: 'failureThreshold is ignored: one failure takes Connected away',
    file: 'reconcilers/server/judge.ts',
    find: `|| failures >= spec.checks.failureThreshold;`,
    replace: `|| failures >= 1;`,
    testFile: JUDGE,
    tests: ['Connected with threshold 3 after PFF is TTT'],
  },
  {
    name: 'the run of failures does not end with a pass',
    file: 'reconcilers/server/judge.ts',
    find: `    failures: 0,\n    humanFailures: 0,`,
    replace: `    humanFailures: 0,`,
    testFile: JUDGE,
    tests: ['Connected with threshold 3 after PFFPFF is TTTTTT'],
  },
  {
    name: 'a human is called at once, though the server has worked before',
    file: 'reconcilers/server/judge.ts',
    find: `const enough = state.everConnected && !isCandidate(before, check) ? 2 : 1;`,
    replace: `const enough = state.everConnected && isCandidate(before, check) ? 2 : 1;`,
    testFile: JUDGE,
    tests: ['a human is needed after PH: TF'],
  },
  {
    name: 'the wait between retries does not grow',
    file: 'controller/phase.ts',
    find: `first * 2 ** Math.min(failures - 1, 16));`,
    replace: `first * Math.min(failures, 1));`,
    testFile: JUDGE,
    tests: ['the next check after 2 failures is 60 s away'],
  },
  {
    name: 'a rejected client is tried again as soon as any other failure',
    file: 'reconcilers/server/judge.ts',
    find: `return rejectsClient(report)\n`,
    replace: `return rejectsClient(report) && duration < 0\n`,
    testFile: JUDGE,
    tests: [
      'credentials of a client that the tenant rejects are tried again after 15, 30, 60 and 60 minutes',
    ],
  },
  {
    name: 'a suspended server is checked',
    file: 'reconcilers/server/reconcile.ts',
    find: `const judged = server.spec.suspend\n`,
    replace: `const judged = server.spec.suspend && known.uid === ''\n`,
    testFile: 'test/integration/server/life.test.ts',
    tests: ['over time a server is left alone while it is suspended'],
  },
  {
    name: 'a restart forgets how many checks have failed',
    file: 'reconcilers/server/state.ts',
    find: `    failures: restoredFailures(failingSince, checks, now),`,
    replace: `    failures: 0 * restoredFailures(failingSince, checks, now),`,
    testFile: 'src/reconcilers/server/state.test.ts',
    tests: ['after a restart with threshold 3 the failures since 30 s count as 2'],
  },
  {
    name: 'a restart forgets that a server has worked',
    file: 'reconcilers/server/state.ts',
    find: `connected || findCondition(conditions, 'Reconciling')?.reason === 'ProgressingWithRetry';`,
    replace: `connected && conditions.length > 0;`,
    testFile: 'src/reconcilers/server/state.test.ts',
    tests: ['after a restart a server that worked and fails is still known to have worked'],
  },
  {
    name: 'a verdict that was kept is vouched for, though there never was one',
    file: 'reconcilers/server/verdict.ts',
    find: `        status: 'Unknown',\n        reason: outcome.why`,
    replace: `        status: 'True',\n        reason: outcome.why`,
    testFile: 'src/reconcilers/server/verdict.test.ts',
    tests: ['what was kept, but was never judged before, is not vouched for'],
  },
  {
    name: 'a request is answered with every reconcile',
    file: 'reconcilers/server/due.ts',
    find: `return requested === handled ? undefined : requested;`,
    replace: `return handled === '' ? undefined : requested;`,
    testFile: 'src/reconcilers/server/due.test.ts',
    tests: ['a check is not due twice for one request'],
  },
  {
    name: 'the status is written after every check',
    file: 'reconcilers/server/worth-writing.ts',
    find: `if (!isDeepStrictEqual(withoutTimes(before), withoutTimes(after))) return true;`,
    replace: `if (!isDeepStrictEqual(before, after) && withoutTimes(after) !== null) return true;`,
    testFile: WORTH,
    tests: ['a check that found the same is worth a write'],
  },
  {
    name: 'there is no heartbeat',
    file: 'reconcilers/server/worth-writing.ts',
    find: `return checked - written >= longest;`,
    replace: `return checked - written > Number.POSITIVE_INFINITY * longest;`,
    testFile: WORTH,
    tests: ['the same at the heartbeat is worth a write'],
  },
];
