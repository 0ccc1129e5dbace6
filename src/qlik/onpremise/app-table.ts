import * as z from 'zod';
import { APP_ID, timeOf, type PublishedApp } from '../app-listing.ts';
import type { HttpSession } from '../transport/http.ts';

/** The answer of `POST /qrs/app/table`. */
export const table = z.object({ columnNames: z.array(z.string()), rows: z.array(z.array(z.unknown())) });

/** What is asked of each app: name and property of a column. */
export const APP_COLUMNS = [
  ['id', 'id'],
  ['name', 'name'],
  ['published', 'published'],
  ['publishTime', 'publishTime'],
  ['modifiedDate', 'modifiedDate'],
  ['lastReloadTime', 'lastReloadTime'],
  ['streamId', 'stream.id'],
  ['streamName', 'stream.name'],
  ['ownerDirectory', 'owner.userDirectory'],
  ['ownerId', 'owner.userId'],
  ['description', 'description'],
  ['fileSize', 'fileSize'],
] as const;

const text = z.string().nullish().catch(undefined);
const row = z.object({
  id: z.string().regex(APP_ID),
  name: z.string(),
  published: z.boolean(),
  publishTime: text,
  modifiedDate: text,
  lastReloadTime: text,
  streamId: text,
  streamName: text,
  ownerDirectory: text,
  ownerId: text,
  description: text,
  fileSize: z.int().min(0).nullish().catch(undefined),
});

/** The rows of a table; one that is not published, though only such were asked for, is no app. */
export function appsOf(
  session: HttpSession,
  { columnNames, rows }: z.output<typeof table>,
): { id: string; app: PublishedApp | undefined }[] {
  return rows.map((cells) => {
    const record = Object.fromEntries(columnNames.map((name, index) => [name, cells[index]]));
    const parsed = row.safeParse(record);
    if (!parsed.success) {
      const column = parsed.error.issues[0]?.path.join('.') ?? '';
      throw session.failure(
        'UnexpectedResponse',
        `a row of the apps is not what Qlik sends (at "${column}")`,
      );
    }
    const { id, published } = parsed.data;
    return { id, app: published ? appOf(parsed.data) : undefined };
  });
}

function appOf(data: z.output<typeof row>): PublishedApp {
  const { ownerDirectory, ownerId } = data;
  return {
    id: data.id.toLowerCase(),
    name: data.name,
    publishedIn: {
      kind: 'Stream',
      id: data.streamId ?? '',
      name: data.streamName ?? data.streamId ?? '',
    },
    publishedAt: timeOf(data.publishTime),
    modifiedAt: timeOf(data.modifiedDate),
    lastReloadAt: timeOf(data.lastReloadTime),
    owner: ownerId ? `${ownerDirectory ?? ''}\\${ownerId}` : undefined,
    description: data.description || undefined,
    size: data.fileSize ?? undefined,
  };
}
