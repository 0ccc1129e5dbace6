import type { Mutant } from '../mutant.ts';

const ORDER = 'src/reconcilers/executions/queue-order.test.ts';
const PLAN = 'src/reconcilers/executions/plan.test.ts';
const STANDING = 'src/reconcilers/executions/standing.test.ts';

/** Who waits, and for what: docs/executions.md. */
export const GATE_QUEUE: readonly Mutant[] = [
  {
    name: 'the gate does not look at priorities',
    file: 'reconcilers/executions/queue-order.ts',
    find: `b.priority - a.priority || `,
    replace: ``,
    testFile: ORDER,
    tests: ['who waits is ordered by priority, then time, then name'],
  },
  {
    name: 'the gate lets those go first who came last',
    file: 'reconcilers/executions/queue-order.ts',
    find: `a.since - b.since`,
    replace: `b.since - a.since`,
    testFile: ORDER,
    tests: ['who waits is ordered by priority, then time, then name'],
  },
  {
    name: 'the gate leaves it to chance who goes first of those that came together',
    file: 'reconcilers/executions/queue-order.ts',
    find: ` || (nameOf(a) < nameOf(b) ? -1 : 1),`,
    replace: ` || nameOf(a).length - nameOf(b).length,`,
    testFile: ORDER,
    tests: ['every replica has the same order'],
  },
  {
    name: 'the gate counts pods of a Job as one slot',
    file: 'reconcilers/executions/job.ts',
    find: `Math.max(slotsOf(metadata.labels) ?? 1, spec.parallelism ?? 1, 1)`,
    replace: `Math.max(slotsOf(metadata.labels) ?? 1, Math.min(spec.parallelism ?? 1, 1))`,
    testFile: 'src/reconcilers/executions/job.test.ts',
    tests: ['a Job takes one for each pod at once'],
  },
  {
    name: 'the gate admits at a server that is suspended or being deleted',
    file: 'reconcilers/executions/plan.ts',
    find: `if (spec.suspend || metadata.deletionTimestamp !== undefined) return false;`,
    replace: `if (metadata.uid === '') return false;`,
    testFile: PLAN,
    tests: [
      'nobody is admitted while the server is suspended',
      'nobody is admitted while the server is being',
    ],
  },
  {
    name: 'the gate admits at a server that is not connected',
    file: 'reconcilers/executions/plan.ts',
    find: `'Connected')?.status === 'True';`,
    replace: `'Connected')?.status !== 'Unknown';`,
    testFile: PLAN,
    tests: ['nobody is admitted while it is not connected'],
  },
  {
    name: 'the gate writes to Jobs of another queue manager',
    file: 'reconcilers/executions/standing.ts',
    find: `if (isOthersToManage(job) || job.metadata.deletionTimestamp`,
    replace: `if (job.metadata.deletionTimestamp`,
    testFile: PLAN,
    tests: ['who runs without an entry gets one though another queue manager has let it run'],
  },
  {
    name: 'the gate lets every namespace in',
    file: 'reconcilers/executions/standing.ts',
    find: `if (!rules.allows(namespace)) return`,
    replace: `if (!rules.allows(namespace) && namespace === '') return`,
    testFile: STANDING,
    tests: ['a Job of a namespace that is not allowed is refused'],
  },
  {
    name: 'the gate does not heed queueTimeout',
    file: 'reconcilers/executions/standing.ts',
    find: `now - since >= rules.queueTimeout`,
    replace: `now - since >= 2 * rules.queueTimeout`,
    testFile: STANDING,
    tests: ['a Job expires when it has waited for the queueTimeout'],
  },
  {
    name: 'the gate does not heed requeue',
    file: 'reconcilers/executions/standing.ts',
    find: `const kept = isRequeued(job) ? undefined : keptStanding(job);`,
    replace: `const kept = keptStanding(job);`,
    testFile: STANDING,
    tests: ['a Job that is held waits once it is requeued'],
  },
];
