import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import type { ApiClient } from '../../src/kubernetes/term.ts';
import type { SimulatedApiServer } from './api-server.ts';

/** A client whose requests take effect at once, and are answered. */
export function clientOf(server: SimulatedApiServer): ApiClient {
  return { request: async <T>(request: ApiRequest) => server.handle(request) as T };
}
