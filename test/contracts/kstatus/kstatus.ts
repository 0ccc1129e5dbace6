import { runCommand } from '../../controlplane/command.ts';
import { goProgram } from '../../controlplane/go-program.ts';

/** What kstatus, by which Helm and Flux wait, says of any object. */
export type Kstatus = 'InProgress' | 'Failed' | 'Current' | 'Terminating' | 'NotFound' | 'Unknown';

/** Asks the real library, and its fork in Flux and Helm 4; throws when they do not agree. */
export async function kstatusOf(object: object): Promise<Kstatus> {
  const input = JSON.stringify(object);
  const { code, stdout, stderr } = await runCommand(await goProgram(import.meta.dirname), [], { input });
  if (code !== 0) throw new Error(`kstatus failed: ${stderr}`);
  const { original, flux } = JSON.parse(stdout) as { original: Kstatus; flux: Kstatus };
  if (original !== flux) throw new Error(`kstatus says ${original}, its fork ${flux}`);
  return original;
}
