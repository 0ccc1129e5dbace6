import { Agent, request } from 'undici';
import { inject } from 'vitest';
import { API_VERSION } from '../../../src/api/group.ts';

export type Json = { readonly [key: string]: unknown };

/** What the API server answers: the object, or a Status that says what is wrong with it. */
export interface Answer {
  readonly code: number;
  readonly body: Json & {
    readonly message?: string;
    readonly metadata?: Json;
    readonly spec?: unknown;
    readonly status?: unknown;
    readonly details?: {
      readonly causes?: readonly { readonly field?: string; readonly message: string }[];
    };
  };
}

/** Plain requests for one kind of object in one namespace, over connections that are kept: far faster than kubectl. */
export class KindApi implements AsyncDisposable {
  readonly #agent: Agent;
  readonly #kind: string;
  readonly #collection: string;

  constructor(kind: 'QlikServer' | 'QlikConnectionTest' | 'QlikExecution', namespace: string) {
    const { url, ca } = inject('controlPlane');
    this.#agent = new Agent({ connect: { ca } });
    this.#kind = kind;
    this.#collection = `${url}/apis/${API_VERSION}/namespaces/${namespace}/${kind.toLowerCase()}s`;
  }

  /** Creates, but keeps nothing: validation and defaults are the real ones. */
  dryRun(spec: unknown, name = 'dry-run'): Promise<Answer> {
    return this.#send('POST', '?dryRun=All', this.#manifest(spec, name));
  }

  create(spec: unknown, name: string): Promise<Answer> {
    return this.#send('POST', '', this.#manifest(spec, name));
  }

  /** Replaces an object, or its status: `replace('name', object, '/status')`. */
  replace(name: string, object: unknown, subresource = ''): Promise<Answer> {
    return this.#send('PUT', `/${name}${subresource}`, object);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.close();
  }

  async #send(method: 'POST' | 'PUT', path: string, object: unknown): Promise<Answer> {
    const url = new URL(`${this.#collection}${path}`);
    url.searchParams.set('fieldValidation', 'Strict');
    const { statusCode, body } = await request(url, {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${inject('controlPlane').token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(object),
    });
    return { code: statusCode, body: (await body.json()) as Answer['body'] };
  }

  #manifest(spec: unknown, name: string): Json {
    return { apiVersion: API_VERSION, kind: this.#kind, metadata: { name }, spec };
  }
}

/** Comes along where a type or bound is broken: the rules behind it were not asked. */
const INCOMPLETE = 'some validation rules were not checked';

/** Why an object was refused, each cause as `field: message`; empty when it was accepted. */
export function refusals({ code, body }: Answer): string[] {
  if (code < 300) return [];
  const causes = (body.details?.causes ?? []).filter(({ message }) => !message.includes(INCOMPLETE));
  if (causes.length === 0) return [body.message ?? `status ${code}`];
  return causes.map(({ field, message }) => `${field}: ${message}`);
}
