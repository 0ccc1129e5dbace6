import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { qlikServerCrd } from './crd.ts';

const FILE = path.resolve(import.meta.dirname, '../../crds/kpimailer.io_qlikservers.yaml');

test('crds/ is up to date (make generate)', () => {
  expect(parse(readFileSync(FILE, 'utf8'))).toStrictEqual(qlikServerCrd());
});

test('nothing is left in it that an API server refuses or that says nothing', () => {
  const text = JSON.stringify(qlikServerCrd());
  for (const key of ['$schema', 'additionalProperties', String(Number.MAX_SAFE_INTEGER)]) {
    expect(text).not.toContain(key);
  }
  expect(text).not.toContain('"x-kubernetes-validations":[]');
});
