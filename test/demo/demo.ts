/**
 * The main job on real parts, from nothing to verdicts. `make demo` plays a scene and stops; `make dev` (--stay) leaves it
 * running. The exit code is 0 only if everything was as expected.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { say, show } from './console.ts';
import { sceneNamed } from './scenes.ts';
import { Stage } from './stage.ts';

async function stay(stage: Stage, interrupted: Promise<unknown>): Promise<void> {
  say('Everything stays up until Ctrl-C. Another terminal can use it:');
  show('export KUBECONFIG', stage.controlPlane.kubeconfig);
  show('tail -f', stage.operator?.log ?? '');
  await interrupted;
}

/** The end of the operator's log says most about a demo that did not go as expected. */
async function tellOperatorLog(stage: Stage): Promise<void> {
  const log = stage.operator === undefined ? '' : await readFile(stage.operator.log, 'utf8').catch(() => '');
  if (log !== '') show('tail operator.log', log.split('\n').slice(-40).join('\n'));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { scene: { type: 'string', default: 'connection' }, stay: { type: 'boolean', default: false } },
  });
  const interruption = new AbortController();
  const interrupted = Promise.withResolvers<void>();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      process.exitCode = code;
      interruption.abort(new Error(`interrupted by ${signal}`));
      interrupted.resolve();
    });
  }
  try {
    const scene = sceneNamed(values.scene);
    await using stage = await Stage.open(interruption.signal);
    const performance = (async () => {
      await stage.startOperator(scene.flags);
      await scene.play(stage);
      if (values.stay) await stay(stage, interrupted.promise);
    })();
    performance.catch(() => {});
    await Promise.race([performance, interrupted.promise]).catch(async (error: unknown) => {
      // Ctrl-C reaches kubectl as well: that it failed then says nothing.
      if (!interruption.signal.aborted) await tellOperatorLog(stage);
      throw error;
    });
    say('Stopping everything');
  } catch (error) {
    if (interruption.signal.aborted) return say('Interrupted');
    process.exitCode = 1;
    return say((error as Error).message);
  }
  if (!interruption.signal.aborted) say('Done: everything was as expected');
}

await main();
// The bundler leaves a service process behind that would keep this one waiting.
process.exit();
