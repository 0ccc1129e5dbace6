import type { Mutant } from '../mutant.ts';

const PACE = 'src/controller/pace.test.ts';
const QUEUE = 'src/controller/queue.test.ts';

/** Storms, and work that is done twice or forgotten. */
export const RHYTHM: readonly Mutant[] = [
  {
    name: 'all servers have the same phase',
    file: 'controller/phase.ts',
    find: `createHash('sha256').update(uid)`,
    replace: `createHash('sha256').update(uid.slice(0, 0))`,
    testFile: 'src/controller/phase.test.ts',
    tests: ['nextInstant spreads a thousand objects evenly'],
  },
  {
    name: 'retries are not spread',
    file: 'controller/phase.ts',
    find: `(0.8 + 0.4 * random)`,
    replace: `(1 + 0 * random)`,
    testFile: 'src/controller/phase.test.ts',
    tests: ['jittered with the random number 0 makes 800 of 1000 ms'],
  },
  {
    name: 'checks that were missed are made up for',
    file: 'reconcilers/server/judge.ts',
    find: `nextCheckAt: nextInstant(state.uid, milliseconds(spec.checks.interval), at + duration + 1),`,
    replace: `nextCheckAt: nextInstant(state.uid, milliseconds(spec.checks.interval), at) + 0 * duration,`,
    testFile: 'src/reconcilers/server/judge.test.ts',
    tests: ['the next check leaves out the instants that a long check has missed, after P'],
  },
  {
    name: 'as many checks start at once as there are',
    file: 'controller/pace.ts',
    find: `if (this.#waiting.size === 0 && now >= this.#next) {`,
    replace: `if (this.#waiting.size === 0) {`,
    testFile: PACE,
    tests: ['Pace lets a crowd start evenly, in its order'],
  },
  {
    name: 'turns that nobody took are saved up for later',
    file: 'controller/pace.ts',
    find: `this.#next = now + this.#gap;\n      return true;`,
    replace: `this.#next = Math.max(this.#next, now - 10 * this.#gap) + this.#gap;\n      return true;`,
    testFile: PACE,
    tests: ['Pace does not save turns up for later'],
  },
  {
    name: 'slow keys may have all workers',
    file: 'controller/slots.ts',
    find: `slow: Math.max(1, Math.floor(workers / 2)),`,
    replace: `slow: workers,`,
    testFile: 'src/controller/slots.test.ts',
    tests: ['slots half of them, at most, are for slow keys'],
  },
  {
    name: 'a key is worked on by two workers',
    file: 'controller/queue.ts',
    find: `if (this.#working.has(key)) {`,
    replace: `if (this.#working.has('')) {`,
    testFile: QUEUE,
    tests: ['WorkQueue gives a key that was added while being worked on again, only when that work is done'],
  },
  {
    name: 'what changes while a key is worked on is forgotten',
    file: 'controller/queue.ts',
    find: `if (urgent === undefined) this.#handOver();`,
    replace: `if (urgent !== null) this.#handOver();`,
    testFile: QUEUE,
    tests: ['WorkQueue gives a key that was added while being worked on again, only when that work is done'],
  },
  {
    name: 'checks wait until the API server has taken what others have to say',
    file: 'reconcilers/server/reconcile.ts',
    find: `release();\n      const state`,
    replace: `const state`,
    testFile: 'src/reconcilers/server/work.test.ts',
    tests: [
      'an API server that does not answer keeps nobody from being checked, nor the lease from a connection',
    ],
  },
  {
    name: 'a key is due at a time that was replaced',
    file: 'controller/schedule.ts',
    find: `this.#times.get(first.key) !== first.at;`,
    replace: `!this.#times.has(first.key);`,
    testFile: 'src/controller/schedule.test.ts',
    tests: ['Schedule does what a plain map looked through at every instant does'],
  },
  {
    name: 'what fails is tried again without a backoff',
    file: 'controller/loop.ts',
    find: `BACKOFF.first * 2 ** (failures - 1)`,
    replace: `BACKOFF.first * 0 * failures`,
    testFile: 'src/controller/loop.test.ts',
    tests: ['Loop retries after errors, ever more slowly'],
  },
];
