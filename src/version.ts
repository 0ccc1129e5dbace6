import { readFileSync } from 'node:fs';
import path from 'node:path';

declare const QLIK_OPERATOR_VERSION: string | undefined;

/** The version of this build; set by the bundler, read from package.json when run from source. */
export function version(): string {
  if (typeof QLIK_OPERATOR_VERSION === 'string') return QLIK_OPERATOR_VERSION;
  const file = path.join(import.meta.dirname, '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
