import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { API_VERSION, CREDENTIALS_LABEL, GROUP } from '../../api/group.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { BINDING_SECRET_TYPE, type BindingData } from '../../connections/binding.ts';
import { connectionFields } from '../../connections/fingerprint.ts';
import type { Material } from '../../connections/material.ts';
import { ConfigurationProblem } from '../../connections/problem.ts';
import type { SourceReference } from '../../connections/source.ts';
import { hasCode, unlessAbsent, unlessOvertaken } from '../../kubernetes/api-error.ts';
import { keyOf, type Key } from '../../kubernetes/object.ts';
import { collectionPath, METADATA, objectPath, SECRETS } from '../../kubernetes/resource.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { accessRemedy, bindingRemedy, type AccessRights } from './grant.ts';
import type { SourceWatches } from './source-watches.ts';

/** Which connection a binding Secret is of: its fingerprint, and a hash over its fields alone, which are no secret. */
const FINGERPRINT_ANNOTATION = `${GROUP}/connection-fingerprint`;
const FIELDS_ANNOTATION = `${GROUP}/connection-fields`;
/** Somebody else writes it at the same time; then it is read anew. */
const ATTEMPTS = 3;

/** A proved connection, as executions have it. */
export interface Binding {
  readonly secretName: string;
  readonly fingerprint: string;
  readonly data: BindingData;
  readonly resourceVersion: string;
}

/** As much of a Secret as is looked at here. */
export interface Secret {
  readonly type?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

export interface BindingsOptions {
  readonly rest: ApiClient;
  readonly watches: Pick<SourceWatches, 'version'>;
  readonly rights: AccessRights;
}

/**
 * The Secrets from which executions take their credentials. One is written only with what has passed every check, so that
 * it is the last good connection whatever becomes of the Secrets of the user, and of the operator.
 */
export class Bindings {
  readonly #options: BindingsOptions;
  readonly #kept = new Map<Key, Secret>();

  constructor(options: BindingsOptions) {
    this.#options = options;
  }

  /** What executions of this very connection have now; throws a `ConfigurationProblem` if the Secret is somebody else's. */
  async of(server: QlikServer): Promise<Binding | undefined> {
    const secretName = server.spec.binding?.secretName;
    if (secretName === undefined) return undefined;
    const secret = await this.#claimed(server, secretName);
    const { annotations = {}, resourceVersion } = secret?.metadata ?? {};
    const fingerprint = annotations[FINGERPRINT_ANNOTATION];
    if (secret === undefined || resourceVersion === undefined || fingerprint === undefined) return undefined;
    if (annotations[FIELDS_ANNOTATION] !== fieldsHash(server)) return undefined;
    return { secretName, fingerprint, data: decoded(secret), resourceVersion };
  }

  /**
   * Brings the binding Secret in line with the spec and with what is known of the connection; the name of the Secret, if
   * it holds one. `before`: the one that the status names.
   */
  async settle(
    server: QlikServer,
    before: string | undefined,
    { proved, isRevoked }: { proved: Material | undefined; isRevoked: boolean },
  ): Promise<string | undefined> {
    const wanted = server.spec.binding?.secretName;
    if (isRevoked) {
      for (const name of new Set([before, wanted])) await this.#revoke(server, name);
      return undefined;
    }
    // Until there is something for another Secret, executions have the former one.
    if (wanted !== undefined) {
      if (proved === undefined) return before;
      await this.#publish(server, wanted, proved);
    }
    if (before !== wanted) await this.#revoke(server, before);
    return wanted;
  }

  /** Writes what was proved, unless it is there already. */
  async #publish(server: QlikServer, secretName: string, proved: Material): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const before = await this.#claimed(server, secretName);
      if (before !== undefined && before === this.#kept.get(keyOf(server)) && isOf(before, server, proved))
        return;
      const data = await proved.binding();
      if (before !== undefined && isOf(before, server, proved) && isDeepStrictEqual(decoded(before), data)) {
        this.#kept.set(keyOf(server), before);
        return;
      }
      const written = await this.#write(server, secretName, { before, data, proved });
      if (written === undefined) continue;
      this.#kept.set(keyOf(server), written);
      return;
    }
    throw new Error(`the Secret "${secretName}" keeps being changed by somebody else`);
  }

  /** Takes the credentials back. In mode `named` the Secret stays, empty, as the operator could not make another one. */
  async #revoke(server: QlikServer, secretName: string | undefined): Promise<void> {
    if (secretName === undefined) return;
    const secret = await this.#read(server.metadata.namespace, secretName);
    this.#kept.delete(keyOf(server));
    if (secret === undefined || !isOwned(secret, server)) return;
    const { rest, rights } = this.#options;
    const { uid, resourceVersion } = secret.metadata;
    const path = objectPath(SECRETS, secret.metadata);
    if (rights.access === 'named') {
      const {
        [FINGERPRINT_ANNOTATION]: _fingerprint,
        [FIELDS_ANNOTATION]: _fields,
        ...annotations
      } = secret.metadata.annotations ?? {};
      const body = { ...secret, data: {}, metadata: { ...secret.metadata, annotations } };
      await unlessOvertaken(rest.request({ method: 'PUT', path, body }));
      return;
    }
    const preconditions = { uid, resourceVersion };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
    await unlessOvertaken(rest.request({ method: 'DELETE', path, body }));
  }

  forget(key: Key): void {
    this.#kept.delete(key);
  }

  /** Number of Secrets that something is remembered of. */
  get size(): number {
    return this.#kept.size;
  }

  /** The Secret, if it is there and the operator may write it. */
  async #claimed(server: QlikServer, secretName: string): Promise<Secret | undefined> {
    const { namespace } = server.metadata;
    const kept = this.#kept.get(keyOf(server));
    if (kept?.metadata.name === secretName && !this.#isBehind(kept)) return kept;
    this.#kept.delete(keyOf(server));
    const secret = await this.#read(namespace, secretName);
    if (secret === undefined || isOwned(secret, server) || isOffered(secret)) return secret;
    throw new ConfigurationProblem(
      'BindingSecretNotOwned',
      `binding.secretName: the Secret "${secretName}" was not made for this QlikServer, and is not an empty one with the label ${CREDENTIALS_LABEL.name}=${CREDENTIALS_LABEL.value}; name another one, or delete it`,
    );
  }

  /** Whether a watch has brought another version; its own write it may not have brought yet. */
  #isBehind({ metadata: { name, namespace, resourceVersion } }: Secret): boolean {
    const seen = this.#options.watches.version(namespace, referenceTo(name));
    return seen === undefined || seen === 'absent' || BigInt(seen) > BigInt(resourceVersion);
  }

  /** The contents are asked for only where the label, or the owner, says that they are meant for the operator. */
  async #read(namespace: string, name: string): Promise<Secret | undefined> {
    const { rest, rights } = this.#options;
    const path = objectPath(SECRETS, { namespace, name });
    try {
      const seen = await unlessAbsent(rest.request<Secret>({ method: 'GET', path, accept: METADATA }));
      if (seen === undefined || !(isLabelled(seen) || seen.metadata.ownerReferences !== undefined))
        return seen;
      return await unlessAbsent(rest.request<Secret>({ method: 'GET', path }));
    } catch (error) {
      if (!hasCode(error, 403)) throw error;
      throw new ConfigurationProblem(
        'SecretAccessDenied',
        accessRemedy(referenceTo(name), namespace, rights),
      );
    }
  }

  async #write(
    server: QlikServer,
    name: string,
    { before, data, proved }: { before: Secret | undefined; data: BindingData; proved: Material },
  ): Promise<Secret | undefined> {
    const { rest, rights } = this.#options;
    const { namespace } = server.metadata;
    const body = secretWith(before ?? { metadata: { name, namespace } }, server, { data, proved });
    const request =
      before === undefined
        ? ({ method: 'POST', path: collectionPath(SECRETS, namespace), body } as const)
        : ({ method: 'PUT', path: objectPath(SECRETS, { namespace, name }), body } as const);
    try {
      return await unlessOvertaken(rest.request<Secret>(request));
    } catch (error) {
      if (!hasCode(error, 403)) throw error;
      throw new ConfigurationProblem('SecretAccessDenied', bindingRemedy(name, namespace, rights));
    }
  }
}

type SecretToWrite = Pick<Secret, 'type'> & {
  readonly metadata: Partial<Secret['metadata']> & Pick<Secret['metadata'], 'name' | 'namespace'>;
};

function secretWith(
  secret: SecretToWrite,
  server: QlikServer,
  { data, proved }: { data: BindingData; proved: Material },
): object {
  const { labels, annotations, ownerReferences = [] } = secret.metadata;
  const { name, uid } = server.metadata;
  const owner = { apiVersion: API_VERSION, kind: 'QlikServer', name, uid, controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: secret.type ?? BINDING_SECRET_TYPE,
    metadata: {
      ...secret.metadata,
      labels: { ...labels, [CREDENTIALS_LABEL.name]: CREDENTIALS_LABEL.value },
      annotations: {
        ...annotations,
        [FINGERPRINT_ANNOTATION]: proved.fingerprint,
        [FIELDS_ANNOTATION]: fieldsHash(server),
      },
      ownerReferences: [...ownerReferences.filter((each) => each.uid !== uid), owner],
    },
    data: Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  };
}

function isOf({ metadata: { annotations = {} } }: Secret, server: QlikServer, proved: Material): boolean {
  return (
    annotations[FINGERPRINT_ANNOTATION] === proved.fingerprint &&
    annotations[FIELDS_ANNOTATION] === fieldsHash(server)
  );
}

function isLabelled({ metadata }: Secret): boolean {
  return metadata.labels?.[CREDENTIALS_LABEL.name] === CREDENTIALS_LABEL.value;
}

function isOwned({ metadata }: Secret, server: QlikServer): boolean {
  return (metadata.ownerReferences ?? []).some(({ uid }) => uid === server.metadata.uid);
}

/** Made empty by a user, for the operator to fill. */
function isOffered(secret: Secret): boolean {
  return (
    isLabelled(secret) &&
    Object.keys(secret.data ?? {}).length === 0 &&
    secret.metadata.ownerReferences === undefined
  );
}

function decoded({ data = {} }: Secret): BindingData {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

function fieldsHash({ spec }: QlikServer): string {
  return createHash('sha256').update(connectionFields(spec)).digest('hex').slice(0, 16);
}

function referenceTo(name: string): SourceReference {
  return { kind: 'Secret', name };
}
