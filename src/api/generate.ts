import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { CRDS } from './crd.ts';
import { GROUP } from './group.ts';
import { expectedSchemaModule } from './expected-schema-module.ts';
import { reasonsPage } from './reasons-page.ts';

/** Writes every file that is made from the schemas: `make generate`; `make verify` fails when one is out of date. */
const ROOT = path.resolve(import.meta.dirname, '../..');
const HEADER = '# Made from src/api by `make generate`; do not edit.\n';

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
  writeFileSync(path.join(ROOT, file), text);
}

for (const { name, definition } of CRDS) {
  const file = `crds/${GROUP}_${name.replace(`.${GROUP}`, '')}.yaml`;
  write(file, HEADER + stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false }));
}
write('docs/reasons.md', reasonsPage());
write('src/api/expected-schema.ts', expectedSchemaModule(CRDS));
