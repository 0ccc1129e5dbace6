/**
 * The rooms of `src/` (docs/architecture.md) and the arrows allowed between them: a room may import itself and the
 * rooms listed beside it, nothing else. `api` is open to all, since it holds what users write and read.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  api: [],
  time: [],
  qlik: ['api', 'time'],
  kubernetes: ['api', 'time'],
  controller: [],
  connections: ['api', 'qlik', 'time'],
  telemetry: [],
  reconcilers: ['api', 'qlik', 'kubernetes', 'controller', 'connections', 'telemetry', 'time'],
};

/** Files directly in `src/`: the operator is put together here, so they may see every room. */
export const ROOT = '.';

/** The room a file belongs to, from its path relative to `src/`: `qlik/connector.ts` → `qlik`, `main.ts` → `.`. */
export function roomOf(file: string): string {
  const [first, ...rest] = file.split('/');
  return rest.length === 0 ? ROOT : (first ?? ROOT);
}

/** Why the import is refused, or `undefined` when the arrow is allowed. Both paths are relative to `src/`. */
export function refusal(importer: string, imported: string): string | undefined {
  const from = roomOf(importer);
  const to = roomOf(imported);
  if (imported.startsWith('../'))
    return `${importer} imports ${imported}: nothing outside src/ may be imported`;
  if (from === ROOT || from === to) return undefined;
  const allowed = ROOMS[from];
  if (allowed === undefined)
    return `${importer}: the room "${from}" is not listed in test/architecture/rooms.ts`;
  if (allowed.includes(to)) return undefined;
  return `${importer} imports ${imported}: "${from}" may import only ${JSON.stringify(allowed)}`;
}
