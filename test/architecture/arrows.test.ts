import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusal } from './rooms.ts';

const SRC = path.resolve(import.meta.dirname, '../../src');

/** Every relative import, export-from and dynamic import of a source text. */
function relativeImports(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)['"](\.{1,2}\/[^'"]+)['"]/gu);
  return [...found].map((match) => match[1] ?? '');
}

function refusals(): string[] {
  return globSync('**/*.ts', { cwd: SRC }).flatMap((file) =>
    relativeImports(readFileSync(path.join(SRC, file), 'utf8'))
      .map((target) => path.relative(SRC, path.resolve(SRC, path.dirname(file), target)))
      .flatMap((target) =>
        file.endsWith('.test.ts') && target.startsWith('../') ? [] : (refusal(file, target) ?? []),
      ),
  );
}

describe('imports between rooms', () => {
  it('follow the arrows of test/architecture/rooms.ts', () => {
    expect(refusals()).toEqual([]);
  });

  it.each([
    ['qlik/connector.ts', 'kubernetes/rest.ts', true],
    ['kubernetes/rest.ts', 'qlik/connector.ts', true],
    ['controller/queue.ts', 'api/conditions.ts', true],
    ['elsewhere/a.ts', 'api/conditions.ts', true],
    ['reconcilers/server/reconcile.ts', 'qlik/connector.ts', false],
    ['main.ts', 'kubernetes/rest.ts', false],
    ['qlik/onpremise/check.ts', 'qlik/transport/http.ts', false],
    ['api/reasons.ts', '../test/simulators/main.ts', true],
  ])('%s → %s is refused: %s', (importer, imported, refused) => {
    expect(refusal(importer, imported) !== undefined).toBe(refused);
  });

  it('are found in every form a module can be imported', () => {
    const text = `import a from './a.ts'; export * from "../b.ts"; await import('./c.ts'); import './d.ts'; new URL('./e.ts', x)`;
    expect(relativeImports(text)).toEqual(['./a.ts', '../b.ts', './c.ts', './d.ts', './e.ts']);
  });
});
