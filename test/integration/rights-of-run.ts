import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Right } from '../installation/rights.ts';

/** The rights that the operator has used in any test file of a run: each file adds its own, whatever its process. */
export class RightsOfRun {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  add(used: readonly Right[]): void {
    writeFileSync(join(this.#folder, `${randomUUID()}.json`), JSON.stringify(used));
  }

  /** Those of the rights that no file has used. */
  unused(granted: readonly Right[]): Right[] {
    const used = new Set(
      readdirSync(this.#folder).flatMap(
        (file) => JSON.parse(readFileSync(join(this.#folder, file), 'utf8')) as Right[],
      ),
    );
    return granted.filter((right) => !used.has(right));
  }
}
