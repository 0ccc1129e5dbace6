import type { Area } from './faults.ts';

/** The area a path belongs to; undefined for paths that a tenant does not serve. */
export function areaOf(path: string): Area | undefined {
  if (/^\/(?:\.well-known|resources)\//.test(path)) return 'discovery';
  if (path.startsWith('/oauth/')) return 'token';
  if (/^\/api\/v1\/(?:users|tenants)(?:\/|$)/.test(path)) return 'users';
  return path.startsWith('/api/') ? 'items' : undefined;
}
