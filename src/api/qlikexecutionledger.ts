import * as z from 'zod';
import type { Metadata } from './metadata.ts';

const text = (max: number, description: string) => z.string().max(max).meta({ description });

/** Of what this build writes; an operator that meets a higher one admits nothing. */
export const LEDGER_FORMAT = 1;

const entry = z
  .object({
    kind: z.enum(['Job', 'QlikExecution', 'Pod']).meta({ description: 'What holds the slots.' }),
    uid: text(64, 'Its metadata.uid, by which it is known.'),
    namespace: text(63, 'Its namespace.'),
    name: text(253, 'Its name.'),
    weight: z.int().min(1).meta({ description: 'Slots it takes.' }),
    attempt: z.int().min(1).meta({ description: 'How often it was tried to admit it.' }),
    since: z.string().meta({ format: 'date-time', description: 'When the slots were reserved.' }),
    endedAt: z.string().optional().meta({
      format: 'date-time',
      description: 'When their use has ended; they stay taken for spec.executions.slotCooldown.',
    }),
  })
  .meta({ description: 'Somebody who holds slots.' });

/** `QlikExecutionLedger.ledger`: who holds the slots of a QlikServer. Only the operator writes it. */
export const qlikExecutionLedgerRecord = z
  .object({
    formatVersion: z.int().min(1).meta({ description: 'Version of the form of this record.' }),
    readyUid: text(
      64,
      'Its own metadata.uid, once it is complete: that of a copy is another one.',
    ).optional(),
    server: z
      .object({
        uid: text(64, 'Its metadata.uid.'),
        generation: z.int().min(0).meta({ description: 'Its metadata.generation.' }),
      })
      .optional()
      .meta({ description: 'The QlikServer by which the limit was read.' }),
    limit: z.int().min(0).meta({ description: 'Slots in force.' }),
    entries: z
      .array(entry)
      .max(4096)
      .default([])
      .meta({
        description: 'Who holds slots.',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['uid'],
      }),
  })
  .meta({ description: 'Who holds the slots.' });

export type LedgerRecord = z.output<typeof qlikExecutionLedgerRecord>;
export type LedgerEntry = LedgerRecord['entries'][number];

/** A QlikExecutionLedger as it is read from the API server. */
export interface QlikExecutionLedger {
  readonly metadata: Metadata;
  readonly ledger: LedgerRecord;
}
