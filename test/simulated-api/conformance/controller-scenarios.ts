import { hasCode } from '../../../src/kubernetes/api-error.ts';
import type { Fields } from '../object.ts';
import type { Hand } from './hand.ts';
import { podSpec } from './samples.ts';

/** One thing that a user or a kubelet does; the controllers come to rest before the next. */
type Step = (hand: Hand) => Promise<void>;

export interface ControllerScenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A node has their pods, so that these are asked to stop before they are gone. */
const TEMPLATE = { spec: podSpec({ nodeName: 'node' }) };
const LABELLED = { template: { metadata: { labels: { 'kpimailer.io/qlik-server': 'finance' } } } };

const create =
  (spec: Fields = {}): Step =>
  (hand) =>
    hand.createJob({ suspend: false, template: TEMPLATE, ...spec });
const change =
  (spec: Fields): Step =>
  (hand) =>
    hand.changeJob(spec);
const run: Step = (hand) => hand.setPhase('Running');
const succeed: Step = (hand) => hand.setPhase('Succeeded');
const succeedOne: Step = (hand) => hand.setPhase('Succeeded', { first: true });
const failOne: Step = (hand) => hand.setPhase('Failed', { first: true });
const deletePods: Step = (hand) => hand.deletePods();
const endDeleted: Step = (hand) => hand.removeDeletedPods();
const deleteJob =
  (propagationPolicy?: string): Step =>
  (hand) =>
    hand.deleteJob(propagationPolicy === undefined ? {} : { propagationPolicy });

/** A change that some versions of Kubernetes refuse: whether they do is seen by what comes of it. */
const tryToChange =
  (spec: Fields): Step =>
  async (hand) => {
    await hand.changeJob(spec).catch((error: unknown) => {
      if (!hasCode(error, 422)) throw error;
    });
  };

const TABLE: Readonly<Record<string, readonly Step[]>> = {
  'created suspended, admitted, done': [
    create({ suspend: true }),
    change({ ...LABELLED, suspend: false }),
    run,
    succeed,
  ],
  'created running, several pods, done one after the other': [
    create({ parallelism: 2, completions: 3 }),
    run,
    succeedOne,
    run,
    succeedOne,
    succeed,
  ],
  'a work queue is done when one pod has succeeded and the others have ended': [
    create({ parallelism: 2 }),
    run,
    succeedOne,
    succeed,
  ],
  'suspended while it runs, its pods end, admitted again': [
    create(),
    run,
    change({ suspend: true }),
    endDeleted,
    change({ suspend: false }),
    succeed,
  ],
  'admitted again with another label on its pods': [
    create({ suspend: true }),
    change({ suspend: false }),
    run,
    change({ suspend: true }),
    endDeleted,
    tryToChange({ ...LABELLED, suspend: false }),
    run,
  ],
  'admitted again while its last pod still ends': [
    create(),
    run,
    change({ suspend: true }),
    change({ suspend: false }),
    endDeleted,
    succeed,
  ],
  'failed, with another pod that has to end first': [
    create({ parallelism: 2, completions: 2, backoffLimit: 0 }),
    run,
    failOne,
    endDeleted,
  ],
  'a failed pod is replaced': [create({ backoffLimit: 3 }), run, failOne, run, succeed],
  'a deleted pod is replaced while it still ends; done only when it has ended': [
    create(),
    run,
    deletePods,
    run,
    succeedOne,
    endDeleted,
  ],
  'with podReplacementPolicy Failed a deleted pod is replaced only when it has ended': [
    create({ podReplacementPolicy: 'Failed' }),
    run,
    deletePods,
    endDeleted,
    succeed,
  ],
  'with podReplacementPolicy Failed, admitted again while its last pod still ends': [
    create({ podReplacementPolicy: 'Failed' }),
    run,
    change({ suspend: true }),
    change({ suspend: false }),
    endDeleted,
    succeed,
  ],
  'parallelism is raised and lowered': [
    create({ completions: 5 }),
    run,
    change({ parallelism: 3 }),
    run,
    change({ parallelism: 1 }),
    endDeleted,
    change({ parallelism: 0 }),
    endDeleted,
  ],
  'deleted in the background: its pod still ends': [create(), run, deleteJob('Background'), endDeleted],
  'deleted in the background before its pods were on a node': [
    create({ template: { spec: podSpec() } }),
    deleteJob('Background'),
  ],
  'deleted in the foreground: it stays until its pod has ended': [
    create(),
    run,
    deleteJob('Foreground'),
    endDeleted,
  ],
  'deleted and its pod orphaned': [create(), run, deleteJob('Orphan'), succeed],
  'deleted without saying how, which orphans': [create(), run, deleteJob(), deletePods, endDeleted],
  'deleted while suspended': [create({ suspend: true }), deleteJob('Foreground')],
  'deleted when it is done': [create(), run, succeed, deleteJob('Background')],
  'suspended by one that never ran, and deleted at once': [
    create({ suspend: true }),
    change({ suspend: false }),
    change({ suspend: true }),
    deleteJob('Background'),
    endDeleted,
  ],
  'a pod that was deleted by hand while the Job was suspended': [
    create({ parallelism: 2, completions: 2 }),
    run,
    deletePods,
    change({ suspend: true }),
    endDeleted,
  ],
};

export const CONTROLLER_SCENARIOS: readonly ControllerScenario[] = Object.entries(TABLE).map(
  ([name, steps]) => ({
    name,
    steps,
  }),
);
