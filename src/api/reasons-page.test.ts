import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { OWNERS } from './conditions.ts';
import { reasonsPage } from './reasons-page.ts';
import { REASONS } from './reasons.ts';

test('docs/reasons.md is up to date (make generate)', () => {
  const file = path.resolve(import.meta.dirname, '../../docs/reasons.md');
  expect(readFileSync(file, 'utf8')).toBe(reasonsPage());
});

test('the page has every reason once, in the order of the table', () => {
  const headings = [...reasonsPage().matchAll(/^## (.+)$/gmu)].map(([, heading]) => heading);
  expect(headings).toEqual(Object.keys(REASONS));
});

describe.each(Object.entries(REASONS))('%s', (reason, { owners, meaning, confirm, fix }) => {
  test('is one word that a condition can have', () => {
    expect(reason).toMatch(/^([A-Z][a-z0-9]*)+$/u);
    expect(reason.length).toBeLessThanOrEqual(64);
  });

  test('is explained in whole sentences', () => {
    expect(meaning).toMatch(/^\S.*\.$/u);
    expect(fix).toMatch(/^\S.*\.$/u);
    expect(confirm).toMatch(/^\S.*\S$/u);
  });

  test('names conditions that exist', () => {
    const known = ['every check', 'Ready', 'Ready with readiness: Configured', 'Reconciling', 'Suspended'];
    for (const owner of owners.split(/[,;] /u)) expect([...OWNERS, ...known]).toContain(owner);
  });
});
