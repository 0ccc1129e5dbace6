/**
 * `make mutants`: plants bugs in copies of the repository, one at a time, and expects of each that the tests named with it
 * fail. A test suite that lets one live would let the real bug live, too. Exit code 0 only if every mutant is caught.
 *
 * Usage: node test/mutants/run.ts [PART OF A NAME]
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { say } from '../demo/console.ts';
import { hunt, type Hunted } from './hunt.ts';
import { planted, type Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { projectOf } from './project.ts';
import { runTests } from './run-tests.ts';
import { blindness } from './verdict.ts';
import { Workshop } from './workshop.ts';

const SRC = join(import.meta.dirname, '../../src');
const [wanted = ''] = process.argv.slice(2);
const stop = new AbortController();
const codes = { SIGINT: 130, SIGTERM: 143 };
for (const [signal, code] of Object.entries(codes)) {
  process.once(signal, () => {
    process.exitCode = code;
    stop.abort(new Error(`interrupted by ${signal}`));
  });
}

/** Those that need longest first, so that no copy is idle at the end. */
const ORDER = ['cluster', 'integration', 'unit'];
const mutants = MUTANTS.filter(({ name }) => name.includes(wanted)).toSorted(
  (a, b) => ORDER.indexOf(projectOf(a)) - ORDER.indexOf(projectOf(b)),
);

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  if (!stop.signal.aborted) throw error;
  say((stop.signal.reason as Error).message);
}

async function main(): Promise<boolean> {
  if (!refuseNone(mutants) || !allApply(mutants)) return false;
  await using made = new AsyncDisposableStack();
  const workshops: Workshop[] = [];
  for (let index = 0; index < Math.max(2, Math.min(4, availableParallelism())); index += 1)
    workshops.push(made.use(await Workshop.make()));
  if (!(await allCanSee(workshops))) return false;
  const survivors: Hunted[] = [];
  let done = 0;
  await hunt(mutants, workshops, {
    stop: stop.signal,
    onEach: (hunted) => {
      done += 1;
      if (hunted.verdict.kind !== 'caught') survivors.push(hunted);
      say(`${`${done}/${mutants.length}`.padStart(7)} ${lineOf(hunted)}`);
    },
  });
  for (const survivor of survivors) say(explain(survivor));
  say(`${mutants.length - survivors.length} of ${mutants.length} mutants caught`);
  return survivors.length === 0;
}

function refuseNone(mutants: readonly Mutant[]): boolean {
  if (mutants.length === 0) say(`no mutant has "${wanted}" in its name`);
  return mutants.length > 0;
}

/** Known before anything takes time. */
function allApply(mutants: readonly Mutant[]): boolean {
  const refusals = mutants.flatMap((mutant) => {
    try {
      planted(mutant, readFileSync(join(SRC, mutant.file), 'utf8'));
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  for (const refusal of refusals) say(refusal);
  return refusals.length === 0;
}

/** A test that fails anyway catches nothing, nor does one that is not there any more. */
async function allCanSee([one, another]: readonly Workshop[]): Promise<boolean> {
  say(`running the tests of ${mutants.length} mutants without any of them ...`);
  const [slow, fast] = [mutants.filter(needsCluster), mutants.filter((mutant) => !needsCluster(mutant))];
  const blind = await Promise.all([blindAmong(slow, one!), blindAmong(fast, another!)]).then((all) =>
    all.flat(),
  );
  for (const line of blind) say(line);
  return blind.length === 0;
}

function needsCluster(mutant: Mutant): boolean {
  return projectOf(mutant) === 'cluster';
}

async function blindAmong(mutants: readonly Mutant[], { folder }: Workshop): Promise<string[]> {
  if (mutants.length === 0) return [];
  const report = await runTests(folder, mutants, stop.signal);
  return mutants.flatMap((mutant) => {
    const why = blindness(mutant, report);
    return why === undefined ? [] : [`the mutant "${mutant.name}" cannot be caught: ${why}`];
  });
}

function lineOf({ mutant, verdict, seconds }: Hunted): string {
  const took = `(${seconds.toFixed(1)} s)`;
  if (verdict.kind === 'caught') return `caught: ${mutant.name} — by "${verdict.by}" ${took}`;
  return `${verdict.kind.toUpperCase()}: ${mutant.name} ${took}`;
}

function explain({ mutant, verdict }: Hunted): string {
  const where = `src/${mutant.file}`;
  if (verdict.kind === 'useless')
    return `USELESS: "${mutant.name}" in ${where} makes something fail, but no test notices the bug: ${verdict.why}\nPlant it so that the program still runs, or that its tests can tell.`;
  return `SURVIVED: "${mutant.name}" in ${where} lets these tests of ${mutant.testFile} pass: ${mutant.tests.map((test) => `"${test}"`).join(', ')}.\nWrite the test that fails with it, and name that in test/mutants/planted.`;
}
