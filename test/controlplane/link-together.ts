import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One folder with a symlink to each file, the same one for the same files; resolves with its path. */
export async function linkTogether(files: readonly string[], parent: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  const folder = join(parent, `together-${hash}`);
  await mkdir(folder, { recursive: true });
  for (const file of files) {
    const link = join(folder, basename(file));
    const fresh = `${link}.${randomUUID()}`;
    await symlink(file, fresh);
    await rename(fresh, link); // Replaces what is there, without a moment in which nothing is.
  }
  return folder;
}
