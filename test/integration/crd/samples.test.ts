import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { freshNamespace } from '../namespace.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Every YAML block of a page that is a whole QlikServer, or something of one. */
function manifestsIn(page: string): string[] {
  const blocks = readFileSync(resolve(ROOT, page), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/gu);
  return [...blocks]
    .map(([, block = '']) => block)
    .filter((block) => /kind: Qlik(Server|ConnectionTest)\n/u.test(block));
}

test('what users copy is accepted by the API server', async () => {
  const { kubectl } = await freshNamespace();
  const samples = globSync('deploy/samples/*.yaml', { cwd: ROOT }).map((file) =>
    readFileSync(resolve(ROOT, file), 'utf8'),
  );
  const manifests = [
    ...samples,
    ...[
      'README.md',
      'docs/qlikserver.md',
      'docs/qlikapp.md',
      'docs/qlikconnectiontest.md',
      'docs/preflight.md',
    ].flatMap(manifestsIn),
  ];
  expect(manifests.length).toBeGreaterThanOrEqual(7);
  for (const input of manifests) {
    const { code, stderr } = await kubectl(
      ['apply', '--dry-run=server', '--validate=strict', '--filename=-'],
      { input },
    );
    expect(code, `${stderr}\n${input}`).toBe(0);
  }
});
