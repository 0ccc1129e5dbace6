/** A bug that can be planted, and the tests that must then fail. */
export interface Mutant {
  /** What is wrong, as the end of "a mutant in which …". */
  readonly name: string;
  /** The source file, inside `src/`. */
  readonly file: string;
  /** Text of the source, which must stand there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The test file, from the root of the repository. */
  readonly testFile: string;
  /** How the full names of the tests begin (`describe test`); one of them must fail. */
  readonly tests: readonly string[];
}

/** The source does not hold the text that a mutant replaces. */
export class DoesNotApply extends Error {}

/** The source with the bug in it. */
export function planted({ name, file, find, replace }: Mutant, source: string): string {
  const times = source.split(find).length - 1;
  if (times !== 1) {
    throw new DoesNotApply(
      `the mutant "${name}" no longer applies: its text stands ${times} times in src/${file}, not once. Look at what has become of that code, and let "find" and "replace" in test/mutants/planted plant the same bug there; take the mutant out only if the bug cannot be made any more`,
    );
  }
  return source.replace(find, () => replace);
}
