import { goProgram } from '../controlplane/go-program.ts';

/** Path of the compiled `pki` program. */
export function pkiProgram(): Promise<string> {
  return goProgram(import.meta.dirname);
}
