import { counted, forgotten } from './cap.ts';
import { runs, suspended } from './job.ts';
import { emptyLedger } from './ledger.ts';
import type { Model } from './model.ts';
import { At, type Holder, type State } from './state.ts';
import type { Turn } from './turn.ts';
import { ledgerWritten, objectTouched } from './versions.ts';

/** DESIGN §5, "Not ready (missing, restored, half rebuilt)": nothing is admitted before; the order matters. */
export function rebuild(turn: Turn): void {
  switch (turn.operator.at) {
    case At.Idle:
      return turn.s.ledger.phase === 'Missing' ? create(turn) : goOn(turn);
    case At.RebuildTouches:
      return touchWaiting(turn);
    case At.RebuildListsRunning:
      return listRunning(turn);
    case At.RebuildListsPods:
      return listPods(turn);
    case At.RebuildReadsServer:
      return readServer(turn);
    case At.RebuildPublishes:
      return publish(turn);
  }
}

/** "Create it if missing …": a placeholder, whose version the CAS at the end goes by. */
function create(turn: Turn): void {
  const { model, s } = turn;
  if (model.without === 'a placeholder') return turn.goesOn({ at: At.RebuildTouches }, 'Rebuild: begins');
  const created = ledgerWritten(s, emptyLedger(s, 'NotReady'));
  const does = 'Rebuild: creates the ledger, not ready';
  turn.goesOn({ at: At.RebuildTouches, ledgerCurrent: true }, does, created);
}

/** "… whoever meets it goes on." */
function goOn(turn: Turn): void {
  if (turn.s.ledger.phase !== 'NotReady' || turn.model.without === 'whoever meets it goes on') return;
  turn.goesOn({ at: At.RebuildTouches, ledgerCurrent: true }, 'Rebuild: reads the ledger, not ready');
}

/**
 * "LIST and touch every suspended Job and every pending slot lease of the server …". All at once: a patch that slips in
 * between the LIST and its touch is as one before the LIST, since what runs is listed after all touches.
 */
function touchWaiting(turn: Turn): void {
  const { model, s } = turn;
  const next = podsFirst(model)
    ? { at: At.RebuildListsPods, unseen: unseenByJobController(s) }
    : { at: At.RebuildListsRunning };
  const touched = s.objects.reduce((t, object, i) => (isTouched(model, object) ? objectTouched(t, i) : t), s);
  turn.goesOn(next, 'Rebuild: touches all that waits', touched);
  if (model.without === 'a rebuild lists uncached') turn.goesOn(next, 'Rebuild: finds nothing that waits');
}

function isTouched(model: Model, object: Holder): boolean {
  if (object.kind === 'SlotLease')
    return object.exists && !object.admitted && model.without !== 'a rebuild touches pending slot leases';
  const listed = suspended(object) && !object.finished && object.labelled;
  return listed && model.without !== 'a rebuild touches suspended Jobs';
}

/**
 * "… → LIST the unsuspended unfinished Jobs, by their own or their pod template's label, and the admitted slot leases,
 * expired ones too …". The 10 s that begin here are over when the Job controller has seen all that there is now.
 */
function listRunning(turn: Turn): void {
  const { model, s } = turn;
  const next = podsFirst(model)
    ? { at: At.RebuildReadsServer }
    : { at: At.RebuildListsPods, unseen: unseenByJobController(s) };
  const found = joined(turn, (object) => runningWeight(model, object));
  turn.goesOn({ ...next, found }, 'Rebuild: lists what runs');
  if (model.without === 'a rebuild lists uncached') turn.goesOn(next, 'Rebuild: finds nothing that runs');
}

function unseenByJobController(s: State): readonly number[] {
  return s.objects.map((object) => (object.kind === 'Job' ? object.lag : 0));
}

function runningWeight(model: Model, object: Holder): number {
  if (object.kind === 'SlotLease') {
    const counts = !object.expired || model.without !== 'a rebuild counts expired slot leases';
    return object.exists && object.admitted && counts ? object.weight : 0;
  }
  const byTemplate = object.template > 0 && model.without !== "Jobs by their template's label";
  return runs(object) && (object.labelled || byTemplate) ? object.weight : 0;
}

/** "… → 10 s → LIST the non-terminal pods, with their weights …" */
function listPods(turn: Turn): void {
  const { model } = turn;
  const waits = turn.operator.unseen.some((left) => left > 0) && model.without !== 'the 10 s of a rebuild';
  if (waits) return;
  const next = podsFirst(model) ? At.RebuildListsRunning : At.RebuildReadsServer;
  const found = joined(turn, (object) => podsWeight(model, object));
  turn.goesOn({ at: next, unseen: [], found }, 'Rebuild: lists pods');
}

function podsWeight(model: Model, object: Holder): number {
  if (object.kind === 'SlotLease' || model.without === 'a rebuild lists pods') return 0;
  if (model.without === 'the weight on the pod')
    return (object.podLabel > 0 ? 1 : 0) + (object.endingLabel > 0 ? 1 : 0);
  return object.podLabel + object.endingLabel;
}

/** "… → GET the QlikServer …" */
function readServer(turn: Turn): void {
  const cached = turn.model.without === 'a rebuild gets the QlikServer';
  const server = cached ? turn.operator.cachedServer : turn.s.server;
  turn.goesOn({ at: At.RebuildPublishes, server }, 'Rebuild: gets the QlikServer');
}

/** "… → CAS with `readyUid`." */
function publish(turn: Turn): void {
  const { s, operator } = turn;
  const does = 'Rebuild: writes the ledger, ready';
  if (!mayPublish(turn)) return turn.ends(`${does}: conflict`);
  const ready = { phase: 'Ready', server: operator.server, entries: operator.found } as const;
  const written = { ...ledgerWritten(s, ready), named: Math.max(s.named, operator.server) };
  turn.ends(
    does,
    s.objects.reduce((t, _, target) => counted(forgotten(t, target), target), written),
  );
}

function mayPublish({ model, s, operator }: Turn): boolean {
  if (model.without === 'a placeholder' && s.ledger.phase === 'Missing') return true;
  return operator.ledgerCurrent || (model.without === 'ready by CAS' && s.ledger.phase !== 'Missing');
}

/** What was found before and what is found now; a Job and its pods are the same slots. */
function joined({ s, operator }: Turn, weightOf: (object: Holder) => number): readonly number[] {
  return s.objects.map((object, i) => Math.max(operator.found[i] ?? 0, weightOf(object)));
}

function podsFirst(model: Model): boolean {
  return model.without === 'Jobs listed before pods';
}
