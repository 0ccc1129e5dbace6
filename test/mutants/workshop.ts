import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { planted, type Mutant } from './mutant.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** All that tests read, of the repository. */
const COPIED = [
  'src',
  'test',
  'deploy',
  'charts',
  'crds',
  'docs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** A copy of the repository in which bugs are planted, so that the developer's sources are never touched. */
export class Workshop implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Workshop> {
    const workshop = new Workshop(await mkdtemp(join(tmpdir(), 'qlik-operator-mutants-')));
    try {
      await workshop.#fill();
      return workshop;
    } catch (error) {
      await workshop[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #fill(): Promise<void> {
    for (const name of COPIED) await cp(join(REPOSITORY, name), join(this.folder, name), { recursive: true });
    await symlink(join(REPOSITORY, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Has the bug in the sources while `work` goes on. */
  async with<T>(mutant: Mutant, work: () => Promise<T>): Promise<T> {
    const path = join(this.folder, 'src', mutant.file);
    const source = await readFile(path, 'utf8');
    await writeFile(path, planted(mutant, source));
    try {
      return await work();
    } finally {
      await writeFile(path, source);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
