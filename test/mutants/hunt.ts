import { DoesNotApply, type Mutant } from './mutant.ts';
import { NoReport, runTests } from './run-tests.ts';
import { verdictOn, type Verdict } from './verdict.ts';
import type { Workshop } from './workshop.ts';

export interface Hunted {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
  readonly seconds: number;
}

/** Plants one mutant after the other, each copy of the repository by itself, and runs their tests. */
export async function hunt(
  mutants: readonly Mutant[],
  workshops: readonly Workshop[],
  { stop, onEach }: { readonly stop: AbortSignal; readonly onEach: (hunted: Hunted) => void },
): Promise<void> {
  const left = [...mutants];
  const work = async (workshop: Workshop) => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const start = performance.now();
      const verdict = await verdictAbout(mutant, workshop, stop);
      onEach({ mutant, verdict, seconds: (performance.now() - start) / 1000 });
    }
  };
  const ended = await Promise.allSettled(workshops.map(work));
  const failed = ended.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

async function verdictAbout(mutant: Mutant, workshop: Workshop, stop: AbortSignal): Promise<Verdict> {
  try {
    const report = await workshop.with(mutant, () => runTests(workshop.folder, [mutant], stop));
    return verdictOn(mutant, report);
  } catch (error) {
    if (error instanceof DoesNotApply || error instanceof NoReport)
      return { kind: 'useless', why: error.message };
    throw error;
  }
}
