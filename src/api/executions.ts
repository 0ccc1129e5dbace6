import * as z from 'zod';
import { duration } from './duration.ts';
import { GROUP } from './group.ts';
import { constrained, type Rule } from './rule.ts';
import { count } from './status-fields.ts';

/** On Jobs: how many slots one takes, and the namespace of its QlikServer where that is another one. */
export const SLOTS_LABEL = `${GROUP}/slots`;
export const SERVER_NAMESPACE_LABEL = `${GROUP}/qlik-server-namespace`;
/** On Jobs, for people: where the Job stands. */
export const QUEUE_STATE_ANNOTATION = `${GROUP}/queue-state`;
/** On a Job that was suspended again, or has waited for too long: puts it back into the queue, whatever its value. */
export const REQUEUE_ANNOTATION = `${GROUP}/requeue`;
/** On a Job that was put back into the queue: since when it waits anew. */
export const QUEUED_SINCE_ANNOTATION = `${GROUP}/queued-since`;
/** A value that means nothing, written so that whatever was read before is out of date. */
export const TOUCHED_ANNOTATION = `${GROUP}/touched`;

/** The most slots a server can have, and one execution can take. */
export const MOST_SLOTS = 64;

const selectorIsGiven: Rule<{ from: string; selector?: unknown }> = {
  // Rules are evaluated on the default of the field too, before the inner defaults are filled in.
  cel: `(has(self.from) && self.from == 'Selector') == has(self.selector)`,
  holds: ({ from, selector }) => (from === 'Selector') === (selector !== undefined),
  message: 'selector must be set when from is Selector, and only then',
};

const LABELS = z.record(z.string(), z.string().max(63));

const allowedNamespaces = constrained(
  z.object({
    from: z.enum(['Same', 'Selector', 'All']).default('Same').meta({
      description:
        'Same: the namespace of the QlikServer. Selector: those whose labels match selector, and its own. All: every one. Default: Same.',
    }),
    selector: z
      .object({
        matchLabels: LABELS.meta({ description: 'Labels that a namespace must have, with these values.' }),
      })
      .optional()
      .meta({ description: 'Which namespaces, with from: Selector.' }),
  }),
  'Namespaces whose executions may use this server.',
  selectorIsGiven,
);

/** `spec.executions`: who may run executions, and when. */
export const executions = z
  .object({
    whenDisconnected: z.enum(['Hold', 'Run']).default('Hold').meta({
      description:
        'What happens to waiting executions while Connected is not True. Hold: they wait. Run: they are admitted. Default: Hold.',
    }),
    queueTimeout: duration({
      field: 'executions.queueTimeout',
      min: '1m',
      max: '720h',
      default: '24h',
      description:
        'How long an execution waits at most; then it is Expired until it is requeued. Default: 24h.',
    }),
    slotCooldown: duration({
      field: 'executions.slotCooldown',
      min: '0s',
      max: '10m',
      default: '0s',
      description:
        'How long a slot stays taken after its use has ended. Qlik counts a session for some time after it was left. Default: 0s.',
    }),
    allowedNamespaces: allowedNamespaces.prefault({}),
  })
  .prefault({})
  .meta({ description: 'Who may run executions against this server, and when.' });

/** `status.executions`: a copy of the figures of the ledger. */
export const executionsStatus = z
  .object({
    limit: count('Slots in force.'),
    running: count('Slots taken.'),
    queued: count('Executions that wait.'),
    summary: z.string().max(64).optional().meta({ description: 'All of it, such as 3/4 (2 queued).' }),
    oldestQueuedSince: z
      .string()
      .optional()
      .meta({ format: 'date-time', description: 'Since when the first of those that wait has waited.' }),
  })
  .optional()
  .meta({
    description: 'How many executions run: a copy, at most 30 s behind; the ledger of the operator decides.',
  });
