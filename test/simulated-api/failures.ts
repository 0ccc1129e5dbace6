import { ApiError } from '../../src/kubernetes/api-error.ts';
import type { ApiResource } from './resource.ts';

/** A request that the real API server would answer, and this one has never learnt to. Tests must not rely on it. */
export class NotSimulated extends Error {
  constructor(what: string) {
    super(`not simulated: ${what}`);
    this.name = 'NotSimulated';
  }
}

/** `jobs.batch`, or `pods` for the core group. */
export function qualifiedName({ root, plural }: Pick<ApiResource, 'root' | 'plural'>): string {
  const [, apis, group] = root.split('/');
  return apis === 'apis' ? `${plural}.${group}` : plural;
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function forbidden(resource: ApiResource, name: string, why: string): ApiError {
  return new ApiError(403, 'Forbidden', `${qualifiedName(resource)} "${name}" is forbidden: ${why}`);
}

export function notFound(resource: ApiResource, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`);
}

export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  );
}

export function alreadyExists(resource: ApiResource, name: string, isBeingDeleted: boolean): ApiError {
  const message = `${qualifiedName(resource)} "${name}" already exists`;
  return new ApiError(409, 'AlreadyExists', isBeingDeleted ? `object is being deleted: ${message}` : message);
}

export const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(resource: ApiResource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message);
}

export function invalid(resource: ApiResource, name: string, causes: readonly string[]): ApiError {
  const [, , group] = resource.root.split('/');
  const kind = resource.root.startsWith('/apis/') ? `${resource.kind}.${group}` : resource.kind;
  const why = causes.length === 1 ? causes[0] : `[${causes.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${why}`);
}
