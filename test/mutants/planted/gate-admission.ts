import type { Mutant } from '../mutant.ts';

const ADMISSION = 'src/reconcilers/executions/admission.test.ts';
const LEDGER = 'src/reconcilers/executions/ledger.test.ts';
const LEDGERS = 'src/reconcilers/executions/ledgers.test.ts';
const STANDING = 'src/reconcilers/executions/standing.test.ts';
const WRITES = 'src/reconcilers/executions/writes.test.ts';

/** How somebody is admitted, and who is not: docs/gate-model.md. */
export const GATE_ADMISSION: readonly Mutant[] = [
  {
    name: 'the gate admits at once where an entry stands already',
    file: 'reconcilers/executions/gate.ts',
    find: `if (!isNews && admitted.length === 0) return true;`,
    replace: `if (!isNews && admitted.length === 0) return true;
    const stands = (uid: string) => read.ledger.entries.some((entry) => entry.uid === uid);
    if (admitted.length > 0 && admitted.every(stands)) return true;`,
    testFile: ADMISSION,
    tests: ['a Job is admitted by another write of the ledger, though its entry stands already'],
  },
  {
    name: 'the gate writes the ledger as it is where an entry stands already',
    file: 'reconcilers/executions/ledger.ts',
    find: `attempt: (before?.attempt ?? 0) + 1,`,
    replace: `attempt: before?.attempt ?? 1,`,
    testFile: ADMISSION,
    tests: ['a Job is admitted by another write of the ledger, though its entry stands already'],
  },
  {
    name: 'the gate admits a Job whatever its version',
    file: 'reconcilers/executions/writes.ts',
    find: `return this.#patch<Job>(JOBS, job.metadata, {
      metadata: { annotations: { [QUEUE_STATE_ANNOTATION]: 'Admitted'`,
    replace: `return this.#patch<Job>(JOBS, { ...job.metadata, resourceVersion: undefined as never }, {
      metadata: { annotations: { [QUEUE_STATE_ANNOTATION]: 'Admitted'`,
    testFile: WRITES,
    tests: ['every write rests on what was read: to admit a Job'],
  },
  {
    name: 'the gate starts a Job that has changed, on the slots that it reserved before',
    file: 'reconcilers/executions/admission.ts',
    find: `if (isOvertaken(error)) await this.#readAgain(holder);`,
    replace: `const { writes } = this.#parts;
      if (isOvertaken(error))
        await this.#let(server, { ...holder, object: await writes.readJob(holder.object.metadata) } as Holder);`,
    testFile: ADMISSION,
    tests: ['a Job is admitted not by force when it was changed since it was read'],
  },
  {
    name: 'the gate does not ask whether an entry that stands still fits',
    file: 'reconcilers/executions/admission.ts',
    find: `const fits = takenByOthers`,
    replace: `const fits = filled.some(({ uid }) => uid === claim.uid) || takenByOthers`,
    testFile: ADMISSION,
    tests: ['an entry that stands has to fit again'],
  },
  {
    name: 'the gate lowers the weight of an entry that stands',
    file: 'reconcilers/executions/ledger.ts',
    find: `return Math.max(weight, entries.find((entry) => entry.uid === uid)?.weight ?? 0);`,
    replace: `return entries.some((entry) => entry.uid === uid) ? weight : weight;`,
    testFile: LEDGER,
    tests: ['an entry has its weight never lowered'],
  },
  {
    name: 'the gate writes a ledger that it has read later than what it goes by',
    file: 'reconcilers/executions/gate.ts',
    find: `if ((await ledgers.cas(key, read, ledger)) === undefined) return false;`,
    replace: `if ((await ledgers.cas(key, (await ledgers.read(key)) ?? read, ledger)) === undefined) return false;`,
    testFile: ADMISSION,
    tests: ['a Job is admitted never when the ledger has changed since it was read'],
  },
  {
    name: 'the gate takes a ledger for written whose answer was lost',
    file: 'reconcilers/executions/ledgers.ts',
    find: `      if (isOvertaken(error)) return undefined;
      throw error;`,
    replace: `      if (isOvertaken(error)) return undefined;
      return read;`,
    testFile: LEDGERS,
    tests: ['a write whose answer is lost is not taken for done'],
  },
  {
    name: 'the gate goes by the limit of its cache',
    file: 'reconcilers/executions/gate.ts',
    find: `const server = isNamed(cached, read) ? cached : await readServer(key);`,
    replace: `const server = cached ?? (await readServer(key));`,
    testFile: ADMISSION,
    tests: ['a Job is admitted with the limit of the QlikServer as it is'],
  },
  {
    name: 'the gate asks its cache for the QlikServer as it is',
    file: 'reconcilers/executions/work.ts',
    find: `readServer: (key) => readServer(client, key),`,
    replace: `readServer: (key) => Promise.resolve(options.servers.get(key) ?? readServer(client, key)),`,
    testFile: 'src/reconcilers/executions/work.test.ts',
    tests: ['a term goes by the QlikServer as it is, where the cache is behind'],
  },
  {
    name: 'the gate admits a Job that ran before though it has pods',
    file: 'reconcilers/executions/admission.ts',
    find: `if (mayHaveStopped && (await this.#hasStopped(holder))) {`,
    replace: `if (mayHaveStopped) {`,
    testFile: ADMISSION,
    tests: ['a Job that ran before is admitted not while a pod of that run may still work'],
  },
  {
    name: 'the gate admits a Job that ran before, at once',
    file: 'reconcilers/executions/admission.ts',
    find: `suspended \${generation}\`) >= CAUGHT_UP;`,
    replace: `suspended \${generation}\`) >= 0;`,
    testFile: ADMISSION,
    tests: ['a Job that ran before is admitted ten seconds later'],
  },
  {
    name: 'the gate lets small Jobs pass by a wide one that would fit',
    file: 'reconcilers/executions/admission.ts',
    find: `if (mayHaveStopped && !fits) break;`,
    replace: `if (mayHaveStopped && !fits) continue;`,
    testFile: ADMISSION,
    tests: ['who goes next is not who comes after one that waits for enough slots'],
  },
  {
    name: 'the gate waits for a Job that is wider than the limit',
    file: 'reconcilers/executions/standing.ts',
    find: `if (weight > rules.limit) return { kind: 'refused', why: 'WiderThanLimit' };`,
    replace: ``,
    testFile: ADMISSION,
    tests: ['who goes next does not wait for one that is wider than the limit'],
  },
  {
    name: 'the gate refuses for ever what was wider than the limit once',
    file: 'reconcilers/executions/standing.ts',
    find: `['SuspendOwnedByGitOps', 'Invalid'];`,
    replace: `['SuspendOwnedByGitOps', 'Invalid', 'WiderThanLimit'];`,
    testFile: ADMISSION,
    tests: ['who goes next is a Job wider than the limit once that is raised'],
  },
  {
    name: 'the gate starts a Job again that somebody has suspended',
    file: 'reconcilers/executions/standing.ts',
    find: `return isSuspendApplied(job) ? { kind: 'refused', why: 'SuspendOwnedByGitOps' } : { kind: 'held' };`,
    replace: `return undefined;`,
    testFile: STANDING,
    tests: [
      'a Job that is suspended again is held',
      'a Job that was suspended by what applies it is refused',
    ],
  },
  {
    name: 'the gate does not tell what applies spec.suspend from a hand',
    file: 'reconcilers/executions/job.ts',
    find: `return isOwned && operation === 'Apply' && manager`,
    replace: `return isOwned && operation === 'Applied' && manager`,
    testFile: 'src/reconcilers/executions/job.test.ts',
    tests: ['what argo writes by Apply'],
  },
  {
    name: 'the gate leaves it to the manifest alone to keep a refused Job suspended',
    file: 'reconcilers/executions/display.ts',
    find: `return standing.kind === 'refused' && standing.why === 'SuspendOwnedByGitOps';`,
    replace: `return standing.kind === 'refused' && standing.why === 'ServerNotFound';`,
    testFile: 'src/reconcilers/executions/display.test.ts',
    tests: ['a Job that its manifest suspends is held suspended by the gate as well'],
  },
  {
    name: 'the gate tries a Job for ever that the API server refuses',
    file: 'reconcilers/executions/admission.ts',
    find: `else if (hasCode(error, 422) || hasCode(error, 403)) await`,
    replace: `else if (hasCode(error, 418)) await`,
    testFile: ADMISSION,
    tests: ['what the API server refuses to let run'],
  },
  {
    name: 'the gate tries a QlikExecution for ever that the API server refuses',
    file: 'reconcilers/executions/standing.ts',
    find: `  Invalid: { kind: 'refused', why: 'Invalid' },\n`,
    replace: ``,
    testFile: ADMISSION,
    tests: ['what the API server refuses to let have a slot is refused'],
  },
  {
    name: 'the gate does not write on pods what they weigh',
    file: 'reconcilers/executions/writes.ts',
    find: `[SLOTS_LABEL]: String(weightOfJob(job)),`,
    replace: ``,
    testFile: WRITES,
    tests: ['a Job that is admitted runs, says so, and has pods that carry server and weight'],
  },
  {
    name: 'the gate does not write on pods which server they use',
    file: 'reconcilers/executions/writes.ts',
    find: `[SERVER_LABEL]: name,`,
    replace: ``,
    testFile: WRITES,
    tests: ['a Job that is admitted runs, says so, and has pods that carry server and weight'],
  },
  {
    name: 'the gate does not write on a Job that it was admitted',
    file: 'reconcilers/executions/writes.ts',
    find: `[QUEUE_STATE_ANNOTATION]: 'Admitted', `,
    replace: ``,
    testFile: WRITES,
    tests: ['a Job that is admitted runs, says so, and has pods that carry server and weight'],
  },
];
