import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CRDS } from './crd.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../crds');

describe.each(CRDS)('$name', ({ name, definition }) => {
  test('crds/ is up to date (make generate)', () => {
    const file = path.join(FOLDER, `kpimailer.io_${name.split('.')[0]}.yaml`);
    expect(parse(readFileSync(file, 'utf8'))).toStrictEqual(definition);
  });

  test('nothing is left in it that an API server refuses or that says nothing', () => {
    const text = JSON.stringify(definition);
    for (const key of ['$schema', '"additionalProperties":false', String(Number.MAX_SAFE_INTEGER)]) {
      expect(text).not.toContain(key);
    }
    expect(text).not.toContain('"x-kubernetes-validations":[]');
  });
});
