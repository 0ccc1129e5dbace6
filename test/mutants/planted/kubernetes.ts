import type { Mutant } from '../mutant.ts';

const ELECTION = 'src/kubernetes/election.test.ts';
const REFLECTOR = 'src/kubernetes/reflector.test.ts';

/** Two leaders, or none; watches that show what is no longer so. */
export const KUBERNETES: readonly Mutant[] = [
  {
    name: 'a leader that cannot renew its lease goes on leading',
    file: 'kubernetes/election.ts',
    find: `const isHeld = () => !ended.signal.aborted && renewed() < this.#options.renewDeadline;`,
    replace: `const isHeld = () => !ended.signal.aborted;`,
    testFile: ELECTION,
    tests: ['LeaderElection a leader that is refused stops before anybody else begins'],
  },
  {
    name: 'a leader whose lease was taken goes on leading',
    file: 'kubernetes/election.ts',
    find: `if (holder !== '' && holder !== this.#options.identity) return`,
    replace: `if (holder === this.#options.name) return`,
    testFile: ELECTION,
    tests: ['LeaderElection a leader whose lease was taken stops at its next attempt'],
  },
  {
    name: 'a leader that stops keeps its lease',
    file: 'kubernetes/election.ts',
    find: `if (isOurs) await this.#release();`,
    replace: `if (!isOurs) await this.#release();`,
    testFile: ELECTION,
    tests: ['LeaderElection the first to come leads'],
  },
  {
    name: 'a lease is taken before it is over',
    file: 'kubernetes/lease.ts',
    find: `seenFor >= leaseDurationSeconds * 1000;`,
    replace: `seenFor >= leaseDurationSeconds;`,
    testFile: 'src/kubernetes/lease.test.ts',
    tests: ['a lease that is held by another and seen unchanged almost as long as it lasts is free'],
  },
  {
    name: 'a request is sent though the term is over',
    file: 'kubernetes/term.ts',
    find: `      if (!term.isHeld()) return Promise.reject(new TermOver());\n`,
    replace: ``,
    testFile: 'src/kubernetes/term.test.ts',
    tests: ['a request is not sent once the term is over'],
  },
  {
    name: 'a watch whose version is too old (410) is resumed from that version',
    file: 'kubernetes/reflector.ts',
    find: `      this.#resourceVersion = undefined;\n      if (this.#failures === 1) return;`,
    replace: `      if (this.#failures === 1) return;`,
    testFile: REFLECTOR,
    tests: ['a version that is too old 410 as the answer has the state read anew at once'],
  },
  {
    name: 'a watch that is refused once (403) is given up for good',
    file: 'kubernetes/reflector.ts',
    find: `        if (signal.aborted) return;\n        if (this.#wasSteady())`,
    replace: `        if (signal.aborted || hasCode(error, 403)) return;\n        if (this.#wasSteady())`,
    testFile: REFLECTOR,
    tests: ['a server in trouble is told of once for each reason in a row'],
  },
  {
    name: 'a watch goes on delivering after it was stopped',
    file: 'kubernetes/reflector.ts',
    find: `        if (signal.aborted) return;\n        silence.refresh();`,
    replace: `        silence.refresh();`,
    testFile: REFLECTOR,
    tests: ['stop by somebody who is told of a change, with more in the same chunk'],
  },
  {
    name: 'a state that is not complete is taken for complete',
    file: 'kubernetes/reflector.ts',
    find: `if (event.endsInitialEvents && initial !== undefined)`,
    replace: `if (initial !== undefined)`,
    testFile: REFLECTOR,
    tests: ['initial state comes as a stream, and is complete at its bookmark, not before'],
  },
  {
    name: 'a watch that is silent is waited for for ever',
    file: 'kubernetes/reflector.ts',
    find: `() => connection.abort(new SilentTooLong('the watch has been silent for too long')),`,
    replace: `() => void SilentTooLong,`,
    testFile: REFLECTOR,
    tests: ['a watch that ends is resumed after 90 s of silence'],
  },
  {
    name: 'the status is written over whatever has changed since it was read',
    file: 'kubernetes/status.ts',
    find: `metadata: { name, namespace, uid, resourceVersion },`,
    replace: `metadata: { name, namespace, ...(resourceVersion === '' ? { uid } : {}) },`,
    testFile: 'src/reconcilers/server/status.test.ts',
    tests: ['a status goes with the uid and the version it is about'],
  },
];
