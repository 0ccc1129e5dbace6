import type { ApiRequest } from './rest.ts';
import type { ApiClient } from './term.ts';

/**
 * A client of which at most so many requests are under way. The others wait in order, and before they are sent: neither
 * does the time they may take begin to run, nor do they stand in anybody's way to a connection.
 */
export function inTurn(client: ApiClient, most: number): ApiClient {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  const begin = async (): Promise<void> => {
    if (underWay === most) return new Promise((resolve) => waiting.push(resolve));
    underWay += 1;
  };
  const end = (): void => {
    const next = waiting.shift();
    if (next === undefined) underWay -= 1;
    else next();
  };
  return {
    request: async <T>(request: ApiRequest): Promise<T> => {
      await begin();
      try {
        return await client.request<T>(request);
      } finally {
        end();
      }
    },
  };
}
