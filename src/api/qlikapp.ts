import * as z from 'zod';
import type { Metadata } from './metadata.ts';
import { time } from './status-fields.ts';

const text = (max: number, description: string) => z.string().max(max).meta({ description });

/** How long the texts of an app may be; what Qlik has beyond is cut. */
export const APP_TEXT = { name: 512, publishedInName: 512, owner: 256, description: 1024 } as const;

/** `QlikApp.app`: a published app as the server lists it. A record, so it has neither spec nor status. */
export const qlikAppRecord = z
  .object({
    id: text(64, 'ID of the app in Qlik.'),
    name: text(APP_TEXT.name, 'Name of the app in Qlik; not unique.'),
    publishedIn: z
      .object({
        kind: z.enum(['Stream', 'Space']).meta({
          description:
            'Stream: of a Qlik Sense Enterprise site. Space: a managed space of a Qlik Cloud tenant.',
        }),
        id: text(64, 'ID of the stream or space.'),
        name: text(
          APP_TEXT.publishedInName,
          'Name of the stream or space; its ID, where the name cannot be read.',
        ),
      })
      .meta({ description: 'Where the app is published.' }),
    publishedAt: time('When the app was published.'),
    modifiedAt: time('When the app was last modified.'),
    lastReloadAt: time('When the data of the app was last reloaded; absent if never.'),
    owner: text(
      APP_TEXT.owner,
      'Owner of the app: DIRECTORY\\user of a site, ID of the user of a tenant.',
    ).optional(),
    description: text(APP_TEXT.description, 'Description of the app in Qlik.').optional(),
    size: z.int().min(0).optional().meta({ description: 'Size of the app file in bytes.' }),
    missingSince: time(
      'Since when the app is not listed any more; it is removed once spec.appSync.removalGrace of the server is over.',
    ),
  })
  .meta({ description: 'The app as the server lists it.' });

export type QlikAppRecord = z.output<typeof qlikAppRecord>;

/** A QlikApp as it is read from the API server. */
export interface QlikApp {
  readonly apiVersion: string;
  readonly kind: 'QlikApp';
  readonly metadata: Metadata & { readonly ownerReferences?: readonly { readonly uid: string }[] };
  readonly app: QlikAppRecord;
}
