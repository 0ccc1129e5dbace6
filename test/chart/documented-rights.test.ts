import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Chart } from '../installation/chart.ts';
import { grantedRights } from '../installation/rights.ts';

const INSTALL = readFileSync(join(import.meta.dirname, '../../docs/install.md'), 'utf8');

/** `get jobs`, from the table under a heading; a resource may have several rows. */
function documentedRights(heading: string): string[] {
  const [, section = ''] = INSTALL.split(`\n## ${heading}\n`);
  const rows = section.split('\n## ', 1)[0]!.matchAll(/^\| (`[^|]+) \| ([a-z, ]+) \|/gmu);
  const rights = [...rows].flatMap(([, objects = '', verbs = '']) =>
    [...objects.matchAll(/`([^`]+)`/gu)].flatMap(([, object]) =>
      verbs.split(', ').map((verb) => `${verb} ${object}`),
    ),
  );
  return [...new Set(rights)].sort();
}

/** Without the group and the name: `get apps/deployments "x"` → `get deployments`. */
function withoutGroup(right: string): string {
  return right.replace(/ [^/]*\//u, ' ').replace(/ ".*"$/u, '');
}

test('docs/install.md tells all rights of the operator, and no others', async () => {
  const manifests = await (await Chart.open()).render({ secretAccess: { namespaces: ['finance'] } });
  const granted = new Set(grantedRights(manifests).map(withoutGroup));
  expect(documentedRights('All its rights')).toEqual([...granted].sort());
});
