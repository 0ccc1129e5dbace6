import type { ConfigurationName } from './configurations.ts';

/** A rule that can be taken away: what DESIGN §5 says, and what an operator does that does not obey it. */
interface Removable {
  readonly says: string;
  readonly without: string;
  /** What must then be found, in each of these configurations. */
  readonly found: 'breach' | 'stuck';
  readonly among: readonly ConfigurationName[];
}

/** The closed list. Only `a standing weight never lowered` is not in DESIGN §5: the explorer found that it is needed. */
export const RULES = {
  'a write even if the entry stands': {
    says: 'CAS the entry always, also when it stands already (attempt + 1).',
    without: 'patches at once where an entry stands already',
    found: 'breach',
    among: ['three Jobs'],
  },
  'a precondition on the patch': {
    says: 'Patch suspend: false with the resourceVersion of (1).',
    without: 'unsuspends a Job whatever its version',
    found: 'breach',
    among: ['three Jobs'],
  },
  'a standing entry fitted again': {
    says: "With the weight as just read: it must fit, the others' weights counted.",
    without: 'does not ask whether an entry that stands still fits',
    found: 'breach',
    among: ['weights changed', 'limit lowered'],
  },
  'a standing weight never lowered': {
    says: '(Not in DESIGN §5.) An entry that stands is not lowered by an attempt.',
    without: 'writes the weight it read, though another may have admitted the Job with a higher one since',
    found: 'breach',
    among: ['weights changed'],
  },
  'the limit from a fresh QlikServer': {
    says: 'Unless the cached QlikServer is the one the ledger names (uid, generation), GET it after that.',
    without: 'goes by the cached QlikServer',
    found: 'breach',
    among: ['limit lowered'],
  },
  'stopped before it is admitted': {
    says: 'Read the Job: suspended, unfinished, not held, not wider than the limit, stopped.',
    without: 'admits a Job that ran before without asking whether that run has stopped',
    found: 'breach',
    among: ['suspended again', 'unsuspended by hand'],
  },
  'a touch in free': {
    says: 'A suspended Job: touch it.',
    without: 'frees without touching',
    found: 'breach',
    among: ['three Jobs'],
  },
  'a precondition on the touch': {
    says: 'Touch it with the resourceVersion it was read at.',
    without: 'touches whatever version is there',
    found: 'breach',
    among: ['three Jobs'],
  },
  'a touch that changes something': {
    says: 'Touch: a patch that really changes something (a random value).',
    without: 'touches with a patch that leaves the resourceVersion as it is',
    found: 'breach',
    among: ['three Jobs'],
  },
  'the version as read first': {
    says: 'CAS: an update with the resourceVersion of the ledger as read first in that rule.',
    without: 'reads the ledger once more before it removes the entry',
    found: 'breach',
    among: ['three Jobs'],
  },
  'the 10 s before a free': {
    says: 'Suspended at one generation, or gone, for 10 s: wait out the 10 s first.',
    without: 'frees as soon as a Job is suspended again or deleted',
    found: 'breach',
    among: ['suspended again', 'deleted Jobs'],
  },
  'the 10 s at one generation': {
    says: 'Suspended at one generation for 10 s.',
    without: 'goes on counting when a Job was admitted and suspended again meanwhile',
    found: 'breach',
    among: ['suspended again'],
  },
  'gone by a GET': {
    says: 'Gone (GET by name: 404 or another uid).',
    without: 'takes a Job for gone that its cache does not hold',
    found: 'breach',
    among: ['three Jobs'],
  },
  'pods listed uncached': {
    says: 'LISTs are uncached.',
    without: 'looks for pods in an old cache',
    found: 'breach',
    among: ['deleted Jobs'],
  },
  'entries by uid': {
    says: 'Entries go by uid.',
    without: 'finds entries by the name of the Job',
    found: 'breach',
    among: ['created again'],
  },
  'unused entries are freed': {
    says: 'Free, one rule for every entry not being admitted just now, used or not.',
    without: 'keeps the entry of a Job that never ran',
    found: 'stuck',
    among: ['deleted Jobs'],
  },
  'a free holds no version': {
    says: 'Wait out the 10 s first (no ledger version lives that long).',
    without: 'reads the ledger before the 10 s and writes it after',
    found: 'stuck',
    among: ['under load'],
  },
  'a placeholder': {
    says: 'Create it if missing, before anything is listed.',
    without: 'creates the ledger at the end, ready',
    found: 'breach',
    among: ['three Jobs'],
  },
  'whoever meets it goes on': {
    says: 'Whoever meets it goes on.',
    without: 'leaves a ledger that is not ready to the one who created it',
    found: 'stuck',
    among: ['three Jobs'],
  },
  'ready by uid': {
    says: 'Ready: readyUid is its own metadata.uid (so a copy restored from a backup is not).',
    without: 'goes by a phase field, which a backup brings back',
    found: 'breach',
    among: ['three Jobs'],
  },
  'a rebuild touches suspended Jobs': {
    says: 'LIST and touch every suspended Job of the server.',
    without: 'touches no Job in a rebuild',
    found: 'breach',
    among: ['three Jobs'],
  },
  'a rebuild touches pending slot leases': {
    says: 'LIST and touch every pending slot lease of the server.',
    without: 'touches no slot lease in a rebuild',
    found: 'breach',
    among: ['slot leases'],
  },
  'a rebuild lists uncached': {
    says: 'LISTs are uncached.',
    without: 'lists Jobs from an old cache in a rebuild',
    found: 'breach',
    among: ['three Jobs'],
  },
  "Jobs by their template's label": {
    says: "LIST the unsuspended unfinished Jobs, by their own or their pod template's label.",
    without: 'lists Jobs by their own label, which may have been removed',
    found: 'breach',
    among: ['deleted Jobs'],
  },
  'a rebuild counts expired slot leases': {
    says: 'LIST the admitted slot leases, expired ones too.',
    without: 'leaves out expired slot leases, whose holders may still work',
    found: 'breach',
    among: ['slot leases'],
  },
  'the 10 s of a rebuild': {
    says: 'LIST what runs → 10 s → LIST the non-terminal pods.',
    without: 'lists pods at once',
    found: 'breach',
    among: ['suspended again', 'deleted Jobs'],
  },
  'Jobs listed before pods': {
    says: 'LIST the Jobs → LIST the pods: the order matters.',
    without: 'lists pods first',
    found: 'breach',
    among: ['deleted Jobs'],
  },
  'a rebuild lists pods': {
    says: 'LIST the non-terminal pods.',
    without: 'lists no pods, though some outlive their Job',
    found: 'breach',
    among: ['deleted Jobs'],
  },
  'the weight on the pod': {
    says: 'On the pod template, server label and weight; LIST the pods, with their weights.',
    without: 'counts each pod as one slot',
    found: 'breach',
    among: ['deleted wide Jobs'],
  },
  'a rebuild gets the QlikServer': {
    says: 'GET the QlikServer → CAS with readyUid.',
    without: 'goes by the cached QlikServer in a rebuild',
    found: 'breach',
    among: ['limit lowered'],
  },
  'ready by CAS': {
    says: 'CAS with readyUid.',
    without: 'writes the ledger ready whatever its version',
    found: 'breach',
    among: ['three Jobs'],
  },
  'an invalid patch refuses the Job': {
    says: 'Refused as invalid → Refused.',
    without: 'tries again for ever',
    found: 'stuck',
    among: ['in order'],
  },
  'a Job wider than the limit is no head': {
    says: 'Refused:WiderThanLimit. Refused and held Jobs never block the head.',
    without: 'waits for a Job that cannot fit',
    found: 'stuck',
    among: ['in order'],
  },
  'a renewal revives nothing': {
    says: 'The holder works at most leaseDuration after sending a renewal that a GET (Admitted, not expired) then confirmed.',
    without: 'lets a renewal sent after expiry count',
    found: 'breach',
    among: ['slot leases'],
  },
  "the grace by one's own clock": {
    says: "One leaseDuration of this process's clock after it first saw expiredTime.",
    without: "counts from expiredTime, written by another's clock",
    found: 'breach',
    among: ['slot leases'],
  },
} satisfies Record<string, Removable>;

export type Rule = keyof typeof RULES;
