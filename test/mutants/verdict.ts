import type { Mutant } from './mutant.ts';
import type { Ran, Report } from './report.ts';

/** What came of a mutant. */
export type Verdict =
  /** A test has noticed the bug. */
  | { readonly kind: 'caught'; readonly by: string }
  /** All its tests pass, or there are none. */
  | { readonly kind: 'survived' }
  /** Something failed, but not as a test fails that has noticed a bug. */
  | { readonly kind: 'useless'; readonly why: string };

/** What fails so has not noticed anything: it could not go on. */
const ACCIDENT = /^(?:SyntaxError|ReferenceError|TypeError)\b/u;

export function verdictOn(mutant: Mutant, { ran, broken }: Report): Verdict {
  if (broken.length > 0) return { kind: 'useless', why: broken.join('\n') };
  const failures = testsOf(mutant, ran).filter(({ failure }) => failure !== undefined);
  const noticed = failures.find(({ failure }) => !ACCIDENT.test(failure ?? ''));
  if (noticed !== undefined) return { kind: 'caught', by: noticed.name };
  const [accident] = failures;
  return accident === undefined
    ? { kind: 'survived' }
    : { kind: 'useless', why: `"${accident.name}" fails by accident: ${accident.failure}` };
}

/** Why the tests of a mutant could catch nothing, as they are without it; nothing, if they could. */
export function blindness(mutant: Mutant, { ran, broken }: Report): string | undefined {
  const unfit = broken.find((text) => text.startsWith(`${mutant.testFile}:`));
  if (unfit !== undefined) return unfit;
  for (const start of mutant.tests) {
    const tests = testsOf({ ...mutant, tests: [start] }, ran);
    if (tests.length === 0) return `${mutant.testFile} has no test whose name begins with "${start}"`;
    const failing = tests.find(({ failure }) => failure !== undefined);
    if (failing !== undefined) return `"${failing.name}" fails without any mutant: ${failing.failure}`;
  }
  return undefined;
}

function testsOf({ testFile, tests }: Mutant, ran: readonly Ran[]): Ran[] {
  return ran.filter(({ file, name }) => file === testFile && tests.some((start) => name.startsWith(start)));
}
