import type { QlikServer } from '../../api/qlikserver.ts';
import { connectionFields } from '../../connections/fingerprint.ts';
import type { Material, MaterialMaker } from '../../connections/material.ts';
import { referencesOf } from '../../connections/references.ts';
import { keyOf, type Key } from '../../kubernetes/object.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { accessRemedy, type AccessRights } from './grant.ts';
import { readSourceFrom } from './read-source.ts';
import type { SourceWatches } from './source-watches.ts';

interface Kept {
  readonly fields: string;
  readonly versions: string;
  readonly material: Material;
}

export interface MaterialsOptions {
  readonly rest: ApiClient;
  readonly watches: SourceWatches;
  readonly maker: MaterialMaker;
  readonly rights: AccessRights;
}

/** The material of each server, made anew only when the spec or the version of one of its sources has changed. */
export class Materials {
  readonly #rest: ApiClient;
  readonly #watches: SourceWatches;
  readonly #maker: MaterialMaker;
  readonly #rights: AccessRights;
  readonly #kept = new Map<Key, Kept>();

  constructor({ rest, watches, maker, rights }: MaterialsOptions) {
    this.#maker = maker;
    this.#rights = rights;
    this.#rest = rest;
    this.#watches = watches;
  }

  /** Throws a `ConfigurationProblem` when something is missing or wrong, and the reason of the signal when that aborts. */
  async of(server: QlikServer, signal: AbortSignal): Promise<Material> {
    const key = keyOf(server);
    const { namespace } = server.metadata;
    const fields = connectionFields(server.spec);
    const references = referencesOf(server.spec);
    await this.#watches.opened(namespace, references, signal);
    // Asked before the contents: should they change in between, the version kept is too old and they are read again.
    const versions = this.#watches.versions(namespace, references);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.fields === fields && kept.versions === versions) return kept.material;
    this.#kept.delete(key);
    const read = readSourceFrom(this.#rest, namespace, {
      isWatched: (reference) => this.#watches.has(namespace, reference),
      remedy: (reference) => accessRemedy(reference, namespace, this.#rights),
    });
    const material = await this.#maker.make(server.spec, read);
    if (versions !== undefined) this.#kept.set(key, { fields, versions, material });
    return material;
  }

  forget(key: Key): void {
    this.#kept.delete(key);
  }

  get size(): number {
    return this.#kept.size;
  }
}
