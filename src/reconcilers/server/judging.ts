import { milliseconds } from '../../api/duration.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { connectionFields } from '../../connections/fingerprint.ts';
import type { Material } from '../../connections/material.ts';
import { ConfigurationProblem } from '../../connections/problem.ts';
import type { Pace } from '../../controller/pace.ts';
import { nextInstant } from '../../controller/phase.ts';
import { keyOf } from '../../kubernetes/object.ts';
import type { CheckReport } from '../../qlik/connector.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { ExecutionReports } from '../executions/report.ts';
import { fingerprintOf, isCandidateDue, isOfContents, withFailed, withUnusable } from './candidate.ts';
import { dueNow, openRequest, signInProofDue, type Due } from './due.ts';
import { afterCheck, afterProblem, type FinishedCheck } from './judge.ts';
import type { Materials } from './materials.ts';
import { stateOfChangedConnection, type ServerState } from './state.ts';

/** What is known after judging, and the connection it is about. */
export interface Judged {
  readonly state: ServerState;
  readonly material: Material | undefined;
}

export interface JudgingOptions {
  readonly materials: Materials;
  readonly executions: ExecutionReports;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Limits how many checks start at once that the rhythm did not ask for. */
  readonly pace: Pace;
  /** Milliseconds below which no interval goes. */
  readonly minCheckInterval: number;
}

interface Run {
  readonly signal: AbortSignal;
  /** Makes the check, and tells people meanwhile if it takes long. */
  readonly announced: (state: ServerState, check: () => Promise<CheckReport>) => Promise<CheckReport>;
}

/** Makes material of the Secrets, checks it when that is due, and says what is known then. */
export class Judging {
  readonly #options: JudgingOptions;

  constructor(options: JudgingOptions) {
    this.#options = options;
  }

  /** `waits`: a check is due, and its turn has not come. */
  async judge(server: QlikServer, known: ServerState, run: Run): Promise<Judged | 'waits'> {
    const { materials } = this.#options;
    const request = openRequest(server, known);
    if (request !== undefined) materials.forget(keyOf(server));
    const offered = await orProblem(materials.of(server, run.signal));
    const proved = await orProblem(materials.ofBinding(server));
    const handledRequest = request ?? known.handledRequest;
    const handled = (judged: Judged): Judged => ({ ...judged, state: { ...judged.state, handledRequest } });

    if (proved instanceof ConfigurationProblem) return handled(withProblem(known, proved));
    if (offered instanceof ConfigurationProblem && (proved === undefined || !isOfContents(offered)))
      return handled(withProblem(known, offered));
    const { inUse, candidate } = roles(known, offered, proved);
    const state = withMaterial(server, known, inUse);
    const judged =
      candidate === undefined
        ? await this.#judgeInUse(server, { ...state, candidate: undefined }, { ...run, material: inUse })
        : await this.#judgeBoth(server, state, { ...run, inUse, candidate });
    return judged === 'waits' ? judged : handled(judged);
  }

  /** New contents, and what is in use until they pass. */
  async #judgeBoth(
    server: QlikServer,
    state: ServerState,
    { inUse, candidate, ...run }: Run & Required<Roles>,
  ): Promise<Judged | 'waits'> {
    const after = await this.#judgeCandidate(server, state, { ...run, candidate });
    if (after === 'waits') return after;
    if (!(candidate instanceof ConfigurationProblem) && after.proved === candidate.fingerprint)
      return { state: after, material: candidate };
    return this.#judgeInUse(server, after, { ...run, material: inUse, hasTurn: after !== state });
  }

  /** Judges new contents; if they pass, they are in use from now on. */
  async #judgeCandidate(
    server: QlikServer,
    state: ServerState,
    { candidate, ...run }: Run & { readonly candidate: Material | ConfigurationProblem },
  ): Promise<ServerState | 'waits'> {
    const isRequested = openRequest(server, state) !== undefined;
    const moment = { fingerprint: fingerprintOf(candidate), isRequested, now: Date.now() };
    if (!isCandidateDue(state, moment)) return state;
    const spec = this.#clamped(server);
    if (candidate instanceof ConfigurationProblem)
      return withUnusable(state, spec, { problem: candidate, now: moment.now });
    const due = isRequested ? 'requested' : 'contentsChanged';
    if (!this.#mayStart(server, due)) return 'waits';
    const check = await this.#check(server, state, { ...run, material: candidate, due });
    if (run.signal.aborted) return state;
    const after = afterCheck(state, spec, check);
    return after.proved === candidate.fingerprint ? after : withFailed(state, spec, check);
  }

  async #judgeInUse(
    server: QlikServer,
    state: ServerState,
    { material, hasTurn = false, ...run }: Run & { readonly material: Material; readonly hasTurn?: boolean },
  ): Promise<Judged | 'waits'> {
    const due = dueNow(server, state, { fingerprint: material.fingerprint, now: Date.now() });
    if (due === undefined || due === 'scheduled') this.#options.pace.forget(keyOf(server)); // it needs no turn
    if (due === undefined) return { state: this.#inRhythm(server, state), material };
    if (!hasTurn && !this.#mayStart(server, due)) return 'waits';
    const check = await this.#check(server, state, { ...run, material, due });
    if (run.signal.aborted) return { state, material };
    const { candidate } = state;
    // A candidate that waits has its own verdict; this one is about what it would replace.
    return { state: { ...afterCheck(state, this.#clamped(server), check), candidate }, material };
  }

  /** Storms are of servers never judged; what somebody has just changed or asked for goes before them. */
  #mayStart(server: QlikServer, due: Due): boolean {
    if (due === 'scheduled') return true;
    return this.#options.pace.admits(keyOf(server), { urgent: due !== 'neverJudged' });
  }

  /** An interval that was made shorter takes effect at once. */
  #inRhythm(server: QlikServer, state: ServerState): ServerState {
    if (state.nextAttempt !== undefined) return state;
    const next = nextInstant(state.uid, milliseconds(this.#clamped(server).checks.interval), Date.now() + 1);
    return { ...state, nextCheckAt: Math.min(state.nextCheckAt, next) };
  }

  async #check(
    server: QlikServer,
    state: ServerState,
    { material, due, signal, announced }: Run & { readonly material: Material; readonly due: Due },
  ): Promise<FinishedCheck> {
    const at = Date.now();
    const { checks } = server.spec;
    const report = await announced(state, () =>
      material.connection.check({
        signal,
        timeout: milliseconds(checks.timeout),
        proveAnew: due === 'requested' || due === 'contentsChanged',
        proveSignIn: (version) =>
          !this.#isFull(server, state) &&
          signInProofDue(state, due, {
            version,
            now: at,
            interval: milliseconds(checks.signInProofInterval),
          }),
      }),
    );
    const duration = Date.now() - at;
    if (!signal.aborted) this.#measure(server, report, { duration, due });
    return { report, material, at, duration, random: Math.random() };
  }

  /** A sign-in costs a session; while executions may hold all that there are, what was proved before has to do. */
  #isFull(server: QlikServer, { verdicts }: ServerState): boolean {
    const report = this.#options.executions.latest(keyOf(server));
    const isFull = report !== undefined && report.running >= report.limit;
    return isFull && verdicts?.get('VirtualProxyReady')?.status === 'True';
  }

  /** The spec with the interval that is really used. */
  #clamped({ spec }: QlikServer): QlikServer['spec'] {
    const { minCheckInterval } = this.#options;
    if (milliseconds(spec.checks.interval) >= minCheckInterval) return spec;
    return { ...spec, checks: { ...spec.checks, interval: `${minCheckInterval}ms` } };
  }

  #measure(server: QlikServer, report: CheckReport, { duration, due }: { duration: number; due: Due }): void {
    const { namespace, name } = server.metadata;
    const results = new Map([...report.outcomes].map(([check, { kind }]) => [check, kind]));
    this.#options.metrics.checked({ namespace, name }, duration / 1000, results);
    this.#options.log.debug(
      { namespace, name, due, duration, results: Object.fromEntries(results) },
      'checked',
    );
    for (const error of report.errors) {
      this.#options.log.error({ namespace, name, error }, 'a check failed by our own fault');
    }
  }
}

async function orProblem<T>(made: Promise<T>): Promise<T | ConfigurationProblem> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof ConfigurationProblem) return error;
    throw error;
  }
}

function withProblem(state: ServerState, problem: ConfigurationProblem): Judged {
  return { state: afterProblem(state, problem, Date.now()), material: undefined };
}

interface Roles {
  readonly inUse: Material;
  readonly candidate?: Material | ConfigurationProblem;
}

/**
 * What the verdicts are about, and what waits to replace it: where executions have another connection than the Secrets
 * now make, theirs goes on until the new one is proved.
 */
function roles(
  { proved: lastProved }: ServerState,
  offered: Material | ConfigurationProblem,
  proved: Material | undefined,
): Roles {
  if (offered instanceof ConfigurationProblem) {
    if (proved === undefined) throw offered; // told before
    return { inUse: proved, candidate: offered };
  }
  const isProved = proved === undefined || [proved.fingerprint, lastProved].includes(offered.fingerprint);
  return isProved ? { inUse: offered } : { inUse: proved, candidate: offered };
}

/** The state with the material in use; without verdicts, if a restart hid that the connection is another one now. */
function withMaterial(server: QlikServer, state: ServerState, material: Material): ServerState {
  const fields = connectionFields(server.spec);
  const isOther =
    state.fields === undefined && isEdited(server) && state.fingerprint !== material.fingerprint;
  const base = isOther ? stateOfChangedConnection(state, fields) : { ...state, fields };
  return { ...base, problem: undefined, certificate: material.certificate };
}

/** Whether the spec was edited after its status was written. */
export function isEdited({ status, metadata }: QlikServer): boolean {
  return status?.observedGeneration !== metadata.generation;
}
