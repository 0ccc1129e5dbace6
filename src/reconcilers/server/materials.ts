import type { QlikServer } from '../../api/qlikserver.ts';
import { sourceOfBinding, specOfBinding } from '../../connections/binding.ts';
import { connectionFields } from '../../connections/fingerprint.ts';
import type { Material, MaterialMaker } from '../../connections/material.ts';
import { ConfigurationProblem } from '../../connections/problem.ts';
import { referencesOf } from '../../connections/references.ts';
import { keyOf, type Key } from '../../kubernetes/object.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import type { Bindings } from './bindings.ts';
import { accessRemedy, type AccessRights } from './grant.ts';
import { readSourceFrom } from './read-source.ts';
import type { SourceWatches } from './source-watches.ts';

interface Kept {
  readonly fields: string;
  readonly versions: string;
  readonly material: Material;
}

/** Material of a proved connection, for as long as its binding Secret is as it was. */
interface KeptProved {
  readonly resourceVersion: string;
  readonly material: Material;
}

export interface MaterialsOptions {
  readonly rest: ApiClient;
  readonly watches: SourceWatches;
  readonly bindings: Bindings;
  readonly maker: MaterialMaker;
  readonly rights: AccessRights;
}

/** The material of each server, made anew only when the spec or the version of one of its sources has changed. */
export class Materials {
  readonly #rest: ApiClient;
  readonly #watches: SourceWatches;
  readonly #maker: MaterialMaker;
  readonly #rights: AccessRights;
  readonly #bindings: Bindings;
  readonly #kept = new Map<Key, Kept>();
  readonly #proved = new Map<Key, KeptProved>();

  constructor({ rest, watches, bindings, maker, rights }: MaterialsOptions) {
    this.#bindings = bindings;
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

  /** The connection that executions have from their binding Secret; `undefined` without one. */
  async ofBinding(server: QlikServer): Promise<Material | undefined> {
    const key = keyOf(server);
    const binding = await this.#bindings.of(server);
    const kept = this.#proved.get(key);
    if (binding !== undefined && kept?.resourceVersion === binding.resourceVersion) return kept.material;
    this.#proved.delete(key);
    if (binding === undefined) return undefined;
    const { secretName, fingerprint, data, resourceVersion } = binding;
    const spec = specOfBinding(server.spec, secretName, data);
    const made = await this.#maker.make(spec, sourceOfBinding(secretName, data));
    const material = { ...made, fingerprint };
    this.#proved.set(key, { resourceVersion, material });
    return material;
  }

  /** The material with this fingerprint, if the Secrets of the user or of the executions have it. */
  async withFingerprint(
    server: QlikServer,
    fingerprint: string | undefined,
    signal: AbortSignal,
  ): Promise<Material | undefined> {
    for (const make of [() => this.of(server, signal), () => this.ofBinding(server)]) {
      const material = await make().catch(unlessProblem);
      if (material?.fingerprint === fingerprint) return material;
    }
    return undefined;
  }

  /** What is asked for next is made anew. */
  forget(key: Key): void {
    this.#kept.delete(key);
    this.#proved.delete(key);
  }

  get size(): number {
    return this.#kept.size + this.#proved.size;
  }
}

function unlessProblem(error: unknown): undefined {
  if (!(error instanceof ConfigurationProblem)) throw error;
}
