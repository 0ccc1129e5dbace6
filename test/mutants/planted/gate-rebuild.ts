import type { Mutant } from '../mutant.ts';

const REBUILD = 'src/reconcilers/executions/rebuild.test.ts';
const LISTINGS = 'src/reconcilers/executions/listings.test.ts';

/** What a ledger is, and how one is filled: docs/gate-model.md. */
export const GATE_REBUILD: readonly Mutant[] = [
  {
    name: 'the gate believes a ledger that was restored from a backup',
    file: 'reconcilers/executions/ledger.ts',
    find: `return ledger.readyUid === metadata.uid;`,
    replace: `return ledger.readyUid !== undefined && metadata.uid !== '';`,
    testFile: REBUILD,
    tests: ['a ledger that is not ready is filled though it says that another one is ready'],
  },
  {
    name: 'the gate admits by a ledger whose format it does not know',
    file: 'reconcilers/executions/ledger.ts',
    find: `return ledger.formatVersion > LEDGER_FORMAT;`,
    replace: `return ledger.formatVersion > LEDGER_FORMAT + 1;`,
    testFile: 'src/reconcilers/executions/gate.test.ts',
    tests: ['a ledger of a newer operator is neither changed nor removed'],
  },
  {
    name: 'the gate makes its ledgers beside the servers',
    file: 'reconcilers/executions/ledgers.ts',
    find: `namespace: this.#namespace,
            labels`,
    replace: `namespace,
            labels`,
    testFile: 'src/reconcilers/executions/ledgers.test.ts',
    tests: ['a ledger is made in the namespace of the operator'],
  },
  {
    name: 'the gate leaves a ledger that is not ready to whoever made it',
    file: 'reconcilers/executions/rebuild.ts',
    find: `if (current === undefined) return { kind: 'waits', for: 0 };`,
    replace: `if (current === undefined || (ledger !== undefined && !this.#begun.has(server)))
      return { kind: 'waits', for: CAUGHT_UP };`,
    testFile: REBUILD,
    tests: ['a ledger that is not ready is gone on with by whoever meets it'],
  },
  {
    name: 'the gate touches no Jobs before it fills a ledger',
    file: 'reconcilers/executions/rebuild.ts',
    find: `...waiting.map((job) => this.#touchJob(job)),`,
    replace: ``,
    testFile: REBUILD,
    tests: ['whatever was read before a rebuild begins admits nobody any more: a suspended Job is touched'],
  },
  {
    name: 'the gate touches only Jobs that never ran before it fills a ledger',
    file: 'reconcilers/executions/rebuild.ts',
    find: `const waiting = (await this.#jobs(server)).filter(isSuspended);`,
    replace: `const waiting = (await this.#jobs(server)).filter(neverRan);`,
    testFile: REBUILD,
    tests: ['whatever was read before a rebuild begins admits nobody any more: a Job that ran before'],
  },
  {
    name: 'the gate touches no slot leases before it fills a ledger',
    file: 'reconcilers/executions/rebuild.ts',
    find: `.map((execution) => this.#touchExecution(execution)),`,
    replace: `.map(() => undefined),`,
    testFile: REBUILD,
    tests: ['whatever was read before a rebuild begins admits nobody any more: a pending slot is touched'],
  },
  {
    name: 'the gate lists who runs before it touches who waits',
    file: 'reconcilers/executions/rebuild.ts',
    find: `    await Promise.all([
      ...waiting.map((job) => this.#touchJob(job)),
      ...pending.map((execution) => this.#touchExecution(execution)),
    ]);
    const unfinished = (await this.#jobs(server)).filter((job) => !isFinished(job));`,
    replace: `    const unfinished = (await this.#jobs(server)).filter((job) => !isFinished(job));
    await Promise.all([
      ...waiting.map((job) => this.#touchJob(job)),
      ...pending.map((execution) => this.#touchExecution(execution)),
    ]);`,
    testFile: REBUILD,
    tests: [
      'whatever was read before a rebuild begins admits nobody any more: a Job that is admitted before it is touched',
    ],
  },
  {
    name: 'the gate fills a ledger from a cache',
    file: 'reconcilers/executions/listings.ts',
    find: `pagesOf<T>(rest, { path }))`,
    replace: `pagesOf<T>(rest, { path, query: { resourceVersion: '0' } }))`,
    testFile: REBUILD,
    tests: ['a rebuild finds Jobs that a cache does not know yet'],
  },
  {
    name: 'the gate fills a ledger from a listing that was begun before',
    file: 'reconcilers/executions/listings.ts',
    find: `        next = undefined;
        const listing = list();`,
    replace: `        const listing = list().finally(() => {
          next = undefined;
        });`,
    testFile: LISTINGS,
    tests: ['who asks while a listing is under way gets the next one'],
  },
  {
    name: 'the gate does not find Jobs whose label was taken away',
    file: 'reconcilers/executions/job.ts',
    find: `serverNamed(metadata.labels, metadata.namespace) ??
    serverNamed(spec.template.metadata?.labels, metadata.namespace)`,
    replace: `serverNamed(metadata.labels, metadata.namespace) ?? serverNamed({}, spec.managedBy ?? '')`,
    testFile: REBUILD,
    tests: ['a rebuild finds the Jobs that run, by their own label or by that of their pods'],
  },
  {
    name: 'the gate leaves expired slots out of a new ledger',
    file: 'reconcilers/executions/rebuild.ts',
    find: `(execution) => isAdmitted(execution) || execution.status?.expiredTime !== undefined,`,
    replace: `(execution) => isAdmitted(execution),`,
    testFile: REBUILD,
    tests: ['a rebuild finds the slots that are held, expired ones too'],
  },
  {
    name: 'the gate fills a ledger at once',
    file: 'reconcilers/executions/rebuild.ts',
    find: `const left = begun.since + CAUGHT_UP - now();`,
    replace: `const left = begun.since - now();`,
    testFile: REBUILD,
    tests: ['a ledger that is not ready is made, and filled ten seconds later'],
  },
  {
    name: 'the gate lists pods before the ten seconds of a rebuild',
    file: 'reconcilers/executions/rebuild.ts',
    find: `    return { ledger, running, suspended, since: now() };
  }

  async #finish(server: Key, { ledger, running, suspended }: Begun): Promise<boolean> {
    const { ledgers, pods, readServer } = this.#parts;
    const since = new Date().toISOString();
    const alive = (await pods.ofServer(splitKey(server).name)).filter(`,
    replace: `    const early = await this.#parts.pods.ofServer(splitKey(server).name);
    return { ledger, running, suspended, since: now(), early } as Begun;
  }

  async #finish(server: Key, { ledger, running, suspended, early }: Begun & { early: Pod[] }): Promise<boolean> {
    const { ledgers, readServer } = this.#parts;
    const since = new Date().toISOString();
    const alive = early.filter(`,
    testFile: REBUILD,
    tests: ['a rebuild finds a pod that the Job controller makes in the ten seconds'],
  },
  {
    name: 'the gate fills a ledger without looking for pods',
    file: 'reconcilers/executions/rebuild.ts',
    find: `...claimsOf(alive, running)]`,
    replace: `...claimsOf([], running)]`,
    testFile: REBUILD,
    tests: ['a rebuild finds the pods that have outlived their Job'],
  },
  {
    name: 'the gate counts each pod that is left as one slot',
    file: 'reconcilers/executions/rebuild.ts',
    find: `const weight = slotsOf(metadata.labels) ?? 1;`,
    replace: `const weight = slotsOf({}) ?? 1;`,
    testFile: REBUILD,
    tests: ['a rebuild finds the pods that have outlived their Job'],
  },
  {
    name: 'the gate does not count a Job that was suspended again and has pods, once the ledger is lost',
    file: 'reconcilers/executions/rebuild.ts',
    find: `...running, ...stopping, `,
    replace: `...running, `,
    testFile: REBUILD,
    tests: ['a rebuild finds Jobs that were suspended again and have pods still'],
  },
  {
    name: 'the gate fills a ledger with the limit that it had before',
    file: 'reconcilers/executions/rebuild.ts',
    find: `limit: qlik?.spec.maxParallelExecutions ?? 0,`,
    replace: `limit: ledger.ledger.limit,`,
    testFile: REBUILD,
    tests: ['a rebuild finds the limit of the QlikServer as it is then'],
  },
  {
    name: 'the gate says ready of a ledger that somebody has written to meanwhile',
    file: 'reconcilers/executions/rebuild.ts',
    find: `const written = await ledgers.cas(server, ledger, {`,
    replace: `const written = await ledgers.cas(server, (await ledgers.read(server)) ?? ledger, {`,
    testFile: REBUILD,
    tests: [
      'a ledger that is not ready that is written while the last of it is read stays as it was written',
    ],
  },
];
