import { startControlPlane } from '../controlplane/start.ts';
import { elapsed } from '../controlplane/progress.ts';
import { Api } from '../integration/server/api.ts';
import { applyRelaxedCrds } from '../integration/server/relaxed-crd.ts';
import type { Pair } from './comparison.ts';
import { moveTo, requireCores } from './cores.ts';
import { Fleet } from './fleet.ts';
import { Life, type LifeResult, type Stage } from './life.ts';
import { describeMachine, kubernetesVersion, type Machine } from './machine.ts';
import type { Figures } from './metrics.ts';
import { responderProgram } from './programs.ts';
import { Responder } from './responder/responder.ts';
import { durationOf, type Settings } from './settings.ts';
import { buildOperator, operatorSubject, peerSubject, type Subject, SUBJECT_USERS } from './subjects.ts';
import type { Load } from './window.ts';

export interface Measured {
  readonly pairs: readonly Pair[];
  readonly loads: readonly Load[];
  readonly machine: Machine;
}

/** Measures operator, peer, peer, operator, as often as wanted, all on one control plane. */
export async function measure(settings: Settings, say: (text: string) => void): Promise<Measured> {
  const cores = requireCores();
  // Builds have all cores.
  const bundle = await buildOperator();
  await responderProgram();
  const machine = await describeMachine();
  moveTo(cores.rest);

  await using parts = new AsyncDisposableStack();
  const controlPlane = parts.use(await startControlPlane({ audit: true, users: SUBJECT_USERS }));
  const api = new Api(controlPlane);
  parts.defer(() => api.close());
  await applyRelaxedCrds(controlPlane, api);
  const responder = await Responder.start(controlPlane.keeper, 'responder', [
    `--latency=${settings.latency}ms`,
  ]);
  const stage: Stage = {
    controlPlane,
    responder,
    cores,
    settings,
    say,
    fleet: await Fleet.prepare(api, responder, settings),
  };
  const operator = await operatorSubject(bundle, controlPlane, settings);
  const peer = await peerSubject(controlPlane, settings);
  say(
    `Measuring on core ${cores.measured}, all the rest on core ${cores.rest}: about ${elapsed(durationOf(settings) * 1000)}`,
  );
  const { pairs, loads } = await measurePairs(stage, { operator, peer });
  return { pairs, loads, machine: { ...machine, kubernetes: await kubernetesVersion(api) } };
}

/** In this order a machine that becomes slower or faster all the time wrongs neither. */
async function measurePairs(
  stage: Stage,
  { operator, peer }: { readonly operator: Subject; readonly peer: Subject },
): Promise<Omit<Measured, 'machine'>> {
  const { runs } = stage.settings;
  const pairs: Pair[] = [];
  const loads: Load[] = [];
  for (let run = 1; run <= runs; run++) {
    const lives: LifeResult[] = [];
    for (const [index, subject] of [operator, peer, peer, operator].entries()) {
      stage.say(`Run ${run} of ${runs}, ${index + 1} of 4: ${subject.name}`);
      lives.push(await Life.measure(stage, subject, `${subject.name}-${run}-${index}`));
    }
    const [a, b, c, d] = lives.map(({ figures }) => figures) as [Figures, Figures, Figures, Figures];
    pairs.push({ operator: a, peer: b }, { operator: d, peer: c });
    loads.push(...lives.flatMap((life) => life.loads));
  }
  return { pairs, loads };
}
