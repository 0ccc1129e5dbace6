import type { ApiRequest } from './rest.ts';
import type { ApiClient } from './term.ts';

const PAGE = '500';

interface List<T> {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly T[];
}

/** A list page by page, so that only one page of it has to be in memory. */
export async function* pagesOf<T>(
  rest: ApiClient,
  list: Pick<ApiRequest, 'path' | 'query' | 'signal'>,
): AsyncGenerator<readonly T[]> {
  let token: string | undefined = '';
  while (token !== undefined) {
    const query = { ...list.query, limit: PAGE, ...(token === '' ? {} : { continue: token }) };
    const page: List<T> = await rest.request<List<T>>({ ...list, method: 'GET', query });
    yield page.items;
    token = page.metadata.continue || undefined;
  }
}
