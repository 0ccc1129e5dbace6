import { describe, expect, test } from 'vitest';
import { QLIK_APP_COLUMNS, QLIK_SERVER_COLUMNS } from './columns.ts';
import { CHECKS } from './conditions.ts';

const named = (columns: readonly { readonly name: string }[]) =>
  columns.map(({ name }) => name.toUpperCase());

describe('kubectl get qs', () => {
  test('shows what matters at a glance', () => {
    const shown = QLIK_SERVER_COLUMNS.filter(({ priority }) => priority === undefined);
    expect(named(shown)).toEqual(['READY', 'REASON', 'CHECKS', 'URL', 'APPS', 'RUNNING', 'LAST-SYNC', 'AGE']);
  });

  test('-o wide shows every check in the order in which they are asked', () => {
    const paths = CHECKS.map((check) => `.status.conditions[?(@.type=="${check}")].status`);
    const columns = QLIK_SERVER_COLUMNS.filter(({ jsonPath }) => paths.includes(jsonPath));
    expect(columns.map(({ jsonPath }) => jsonPath)).toEqual(paths);
    expect(columns.every(({ priority }) => priority === 1)).toBe(true);
    expect(named(columns)).toEqual([
      'SERVER-REACHABLE',
      'AUTHENTICATED',
      'USER-EXISTS',
      'ROOT-ADMIN',
      'VIRTUAL-PROXY-READY',
    ]);
  });

  test('has no two columns of one name', () => {
    const names = named(QLIK_SERVER_COLUMNS);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each([...QLIK_SERVER_COLUMNS, ...QLIK_APP_COLUMNS])('$name has a help text', ({ description }) => {
    expect(description).toMatch(/^[A-Z].*\.$/u);
  });
});

test('kubectl get qapp shows where an app is, and whether it is still there', () => {
  const shown = QLIK_APP_COLUMNS.filter(({ priority }) => priority === undefined);
  expect(named(shown)).toEqual(['SERVER', 'APP', 'IN', 'PUBLISHED', 'RELOADED', 'MISSING']);
  expect(shown[0]?.jsonPath).toBe(String.raw`.metadata.labels.kpimailer\.io/qlik-server`);
});
