import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditEntries } from '../../controlplane/audit.ts';
import { lastLines } from '../../controlplane/log-tail.ts';
import { until } from '../../controlplane/until.ts';
import { type Api, PATHS } from '../../integration/server/api.ts';
import type { Pair } from '../comparison.ts';
import { prepareNamespace } from '../fleet.ts';
import { MeasuredProcess } from '../measured-process.ts';
import type { Figures } from '../metrics.ts';
import type { Stage } from '../life.ts';
import type { Subject } from '../subjects.ts';
import { spreadOf } from '../spread.ts';
import { cpuTimeOf } from '../usage.ts';
import { type Load, Window } from '../window.ts';
import type { BareOrder } from './bare-gate.ts';
import { createServers } from './gated-servers.ts';
import { writesOf } from './gate-writes.ts';
import { Player } from './player.ts';
import { limitsOf, Queues, type QueuesSize } from './queues.ts';

/** Writes for each Job that is admitted: two of the ledger, one of the Job. */
const MOST_WRITES = 3;
/** Of the Job itself; there is room for a patch that came too late, but not for one for each Job that waits. */
const MOST_JOB_WRITES = 1.5;
const BARE_GATE = join(import.meta.dirname, 'bare-gate.ts');

export type GateStage = Omit<Stage, 'fleet'>;

export interface GateOptions {
  readonly api: Api;
  readonly operator: Subject;
  /** A new one, of namespaces and processes. */
  readonly name: string;
  readonly size: QueuesSize;
}

export interface GateResult {
  /** In the place of the peer, which has no gate: a bare one. */
  readonly pair: Pair;
  readonly loads: readonly Load[];
}

/** Measures how the operator lets Jobs run whose slots become free, then how a gate does that only makes the writes. */
export async function measureGate(stage: GateStage, options: GateOptions): Promise<GateResult> {
  const { figures, loads } = await measureOperator(stage, options);
  return { loads, pair: { operator: figures, peer: await measureBare(stage, options) } };
}

async function measureOperator(
  stage: GateStage,
  { api, operator, name, size }: GateOptions,
): Promise<{ figures: Figures; loads: Load[] }> {
  const { controlPlane, cores, responder, say } = stage;
  await prepareNamespace(api, responder, name);
  const subject = { subject: operator, core: cores.measured };
  const process = await MeasuredProcess.start(controlPlane.keeper, name, subject);
  await process.ready();
  await createServers(api, { namespace: name, responder, limits: limitsOf(size) });
  await using player = await Player.open(api, controlPlane, name);
  const queues = await Queues.open(player, size);
  await player.seeQueued(queues.waiting);

  const written = (since: string) => writesOf(operator.name, auditEntries(controlPlane), since);
  const turnsSince = new Date().toISOString();
  const latencies = await queues.takeTurns();
  // Here all the others go on waiting; while many Jobs end at once, nobody has the time to tell them anything.
  assertFew(written(turnsSince), size.turns);
  const since = new Date().toISOString();
  const window = await Window.open(stage, process);
  const drain = await queues.drain();
  const { cpu, load } = await window.close(process);
  const writes = written(since);
  await process.end();
  await clear(api, [PATHS.jobs(name), PATHS.servers(name), PATHS.ledgers('default')]);

  say(
    `  operator: ${toldOf(drain, latencies, size)}; it wrote ${JSON.stringify(Object.fromEntries(writes))}`,
  );
  assertFew(writes, size.jobs);
  const figures = {
    ...figuresOf(drain, latencies, size),
    gateCpu: cpu.total / size.jobs,
    gateWrites: totalOf(writes) / size.jobs,
  };
  return { loads: [load], figures };
}

async function measureBare(stage: GateStage, { api, name, size }: GateOptions): Promise<Figures> {
  const { controlPlane, cores, say } = stage;
  const namespace = `${name}-bare`;
  await api.create(PATHS.namespaces(), { metadata: { name: namespace } });
  const { keeper, url, ca, token } = controlPlane;
  const file = join(keeper.folder, `${namespace}.json`);
  const order: BareOrder = { access: { url, ca, token }, namespace, servers: limitsOf(size) };
  await writeFile(file, JSON.stringify(order), { mode: 0o600 });
  const gate = await keeper.start({
    name: namespace,
    command: 'taskset',
    args: ['--cpu-list', String(cores.measured), process.execPath, BARE_GATE, file],
    env: { PATH: process.env['PATH'] },
  });
  await until('the bare gate is open', () => {
    if (gate.exit !== undefined) throw new Error(`The bare gate has ended:\n${lastLines(gate.log)}`);
    return readFileSync(gate.log, 'utf8').includes('ready\n');
  });
  await using player = await Player.open(api, controlPlane, namespace);
  const queues = await Queues.open(player, size);

  const latencies = await queues.takeTurns();
  const before = cpuTimeOf(gate.pid);
  const drain = await queues.drain();
  const after = cpuTimeOf(gate.pid);
  await gate.end();
  await clear(api, [PATHS.jobs(namespace), PATHS.ledgers(namespace)]);

  say(`  bare gate: ${toldOf(drain, latencies, size)}`);
  const cpu = after.user + after.system - before.user - before.system;
  return { ...figuresOf(drain, latencies, size), gateCpu: cpu / size.jobs };
}

/** Throws if what is written for each admission grows with the number of those who wait. */
export function assertFew(writes: ReadonlyMap<string, number>, jobs: number): void {
  const jobWrites = writes.get('jobs') ?? 0;
  if (totalOf(writes) <= MOST_WRITES * jobs && jobWrites <= MOST_JOB_WRITES * jobs) return;
  throw new Error(
    `${jobs} Jobs were admitted with ${totalOf(writes)} writes, ${jobWrites} of them of Jobs; at most ${MOST_WRITES} and ${MOST_JOB_WRITES} for each are needed`,
  );
}

function totalOf(writes: ReadonlyMap<string, number>): number {
  return [...writes.values()].reduce((sum, count) => sum + count, 0);
}

async function clear(api: Api, paths: readonly string[]): Promise<void> {
  for (const path of paths) await api.delete(path);
}

function figuresOf(drain: number, latencies: readonly number[], { jobs }: QueuesSize): Figures {
  const slowest = [...latencies].sort((a, b) => a - b)[Math.ceil(0.95 * latencies.length) - 1];
  return {
    gateAdmission: drain / jobs,
    gateLatency: spreadOf(latencies)!.median,
    gateSlowLatency: slowest!,
  };
}

function toldOf(drain: number, latencies: readonly number[], { jobs }: QueuesSize): string {
  const rate = ((1000 * jobs) / drain).toFixed(0);
  const latency = spreadOf(latencies)!.median.toFixed(1);
  return `${jobs} Jobs admitted in ${(drain / 1000).toFixed(2)} s, ${rate} a second; ${latency} ms from one to the next`;
}
