import { TOUCHED_ANNOTATION } from '../../src/api/executions.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import { isAdmission } from './observer.ts';

const PATH = /^\/apis?\/(?:[^/]+\/)?v[^/]+\/(?:namespaces\/[^/]+\/)?([a-z]+)(?:\/([^/]+))?/u;

/** What a request is in the protocol of the gate: `PUT qlikexecutionledgers`, `PATCH jobs (admit)`, … */
export function stepOf({ method, path, body }: ApiRequest): string {
  const [, plural = '', name] = PATH.exec(path) ?? [];
  if (method === 'PATCH') return `PATCH ${plural} (${changeOf(body)})`;
  return `${method === 'GET' && name === undefined ? 'LIST' : method} ${plural}`;
}

function changeOf(body: unknown): string {
  if (isAdmission(body)) return 'admit';
  return JSON.stringify(body).includes(TOUCHED_ANNOTATION) ? 'touch' : 'state';
}

/** The two writes of an admission. */
export function isDelicate({ method, body }: ApiRequest): boolean {
  return method === 'PUT' || (method === 'PATCH' && isAdmission(body));
}
