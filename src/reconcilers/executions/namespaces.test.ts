import { expect, test } from 'vitest';
import { ApiError } from '../../kubernetes/api-error.ts';
import { exampleServer } from '../../../test/integration/server/examples.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { AllowedNamespaces } from './namespaces.ts';

const TEAM: Readonly<Record<string, Record<string, string>>> = {
  sales: { team: 'finance' },
  board: { team: 'board' },
};

/** Namespaces with these labels, a clock, and how often somebody has read one. */
function cluster(labels = TEAM) {
  const at = { now: 0, labels, reads: 0 };
  const rest: ApiClient = {
    request: async <T>({ path }: { path: string }) => {
      at.reads += 1;
      const name = path.replace('/api/v1/namespaces/', '');
      const found = at.labels[name];
      if (found === undefined) throw new ApiError(404, 'NotFound', name);
      return { metadata: { name, labels: found } } as T;
    },
  };
  return { at, namespaces: new AllowedNamespaces(rest, () => at.now) };
}

const ALL = ['kpi', 'sales', 'board', 'gone'];
const finance = { matchLabels: { team: 'finance' } };

test.each([
  ['Same', undefined, ['kpi']],
  ['All', undefined, ALL],
  ['Selector', finance, ['kpi', 'sales']],
  ['Selector', { matchLabels: { team: 'finance', stage: 'test' } }, ['kpi']],
  ['Selector', { matchLabels: {} }, ALL],
])('%s %j allows %j', async (from, selector, expected) => {
  const server = exampleServer({
    executions: { allowedNamespaces: { from, ...(selector && { selector }) } },
  });
  const rules = await cluster().namespaces.rulesOf(server, new Set(ALL));
  expect(ALL.filter((namespace) => rules.allows(namespace))).toEqual(expected);
});

test('the labels of a namespace are read again after ten seconds, not before', async () => {
  const { at, namespaces } = cluster();
  const server = exampleServer({
    executions: { allowedNamespaces: { from: 'Selector', selector: finance } },
  });
  const allows = async () => (await namespaces.rulesOf(server, new Set(['board']))).allows('board');
  expect(await allows()).toBe(false);
  at.labels = { board: { team: 'finance' } };
  at.now = 9_999;
  expect(await allows()).toBe(false);
  expect(at.reads).toBe(1);
  at.now = 10_000;
  expect(await allows()).toBe(true);
});

test('limit and queueTimeout are those of the server', async () => {
  const server = exampleServer({ maxParallelExecutions: 7, executions: { queueTimeout: '1h30m' } });
  const rules = await cluster().namespaces.rulesOf(server, new Set());
  expect(rules).toMatchObject({ limit: 7, queueTimeout: 5_400_000 });
});
