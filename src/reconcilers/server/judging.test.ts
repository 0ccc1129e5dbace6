import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  exampleConnection,
  exampleMaterial,
  exampleReport,
  exampleServer,
  MINUTE,
  NOON,
  SECOND,
  unjudged,
} from '../../../test/integration/server/examples.ts';
import { REQUESTED_AT_ANNOTATION } from '../../api/group.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { Material } from '../../connections/material.ts';
import { ConfigurationProblem } from '../../connections/problem.ts';
import { Pace } from '../../controller/pace.ts';
import type { CheckReport } from '../../qlik/connector.ts';
import { Metrics } from '../../telemetry/metrics.ts';
import { ExecutionReports } from '../executions/report.ts';
import { Judging, type Judged } from './judging.ts';
import type { Materials } from './materials.ts';
import type { ServerState } from './state.ts';

beforeEach(() => void vi.useFakeTimers({ now: NOON }));
afterEach(() => void vi.useRealTimers());

const PASSES = exampleReport();
const REFUSED = exampleReport('ServerReachable', 'ConnectionRefused');
const REJECTED = exampleReport('Authenticated', 'ClientCertificateRejected');
const CLIENT_REJECTED = exampleReport('Authenticated', 'CredentialsRejected');
const UNREADABLE = new ConfigurationProblem('WrongPassword', 'it does not open');

/** A server whose executions have `old`, and whose Secrets hold something else from some moment on. */
class Scene {
  /** Which contents were checked, in order. */
  readonly checks: string[] = [];
  readonly answers: Record<string, CheckReport> = { old: PASSES, new: PASSES };
  server: QlikServer = exampleServer({ checks: { failureThreshold: 3 } });
  offered: Material | ConfigurationProblem = this.material('old');
  proved: Material | undefined = this.material('old');
  state: ServerState = unjudged(this.server);
  readonly #judging = new Judging({
    materials: {
      of: () =>
        this.offered instanceof ConfigurationProblem
          ? Promise.reject(this.offered)
          : Promise.resolve(this.offered),
      ofBinding: () => Promise.resolve(this.proved),
      forget: () => undefined,
    } as unknown as Materials,
    executions: new ExecutionReports(),
    metrics: new Metrics(),
    log: pino({ level: 'silent' }),
    pace: new Pace(10, () => undefined),
    minCheckInterval: 10 * SECOND,
  });

  /** Connected with `old`. */
  static async connected(): Promise<Scene> {
    const scene = new Scene();
    await scene.judge();
    scene.checks.length = 0;
    return scene;
  }

  material(fingerprint: string): Material {
    const connection = exampleConnection(() => {
      this.checks.push(fingerprint);
      return Promise.resolve(this.answers[fingerprint]!);
    });
    return { ...exampleMaterial(fingerprint), connection };
  }

  async judge(): Promise<Judged> {
    const { signal } = new AbortController();
    const run = { signal, announced: (_state: ServerState, check: () => Promise<CheckReport>) => check() };
    let judged = await this.#judging.judge(this.server, this.state, run);
    while (judged === 'waits') {
      await vi.advanceTimersByTimeAsync(100);
      judged = await this.#judging.judge(this.server, this.state, run);
    }
    this.state = judged.state;
    return judged;
  }

  /** Judges whenever that is due, for so long. */
  async pass(duration: number): Promise<void> {
    const end = Date.now() + duration;
    for (;;) {
      const next = Math.min(this.state.nextCheckAt, this.state.candidate?.nextAttemptAt ?? Infinity);
      if (next > end) break;
      vi.setSystemTime(Math.max(next, Date.now()));
      await this.judge();
    }
    vi.setSystemTime(end);
  }

  request(value: string): void {
    this.server = {
      ...this.server,
      metadata: { ...this.server.metadata, annotations: { [REQUESTED_AT_ANNOTATION]: value } },
    };
  }
}

describe('new contents', () => {
  test('that pass are in use from then on', async () => {
    const scene = await Scene.connected();
    scene.offered = scene.material('new');
    const { material, state } = await scene.judge();
    expect(scene.checks).toEqual(['new']);
    expect(material).toBe(scene.offered);
    expect(state).toMatchObject({ fingerprint: 'new', proved: 'new', candidate: undefined, connected: true });
  });

  test('that pass are not judged again while executions do not have them yet', async () => {
    const scene = await Scene.connected();
    scene.offered = scene.material('new');
    await scene.judge();
    scene.checks.length = 0;
    scene.answers['new'] = REJECTED;
    const { material } = await scene.judge();
    expect(material).toBe(scene.offered);
    expect(scene.checks).toEqual([]);
  });

  test('that are rejected say nothing of what is in use', async () => {
    const scene = await Scene.connected();
    const { verdicts } = scene.state;
    scene.offered = scene.material('new');
    scene.answers['new'] = REJECTED;
    const { material, state } = await scene.judge();
    expect(scene.checks).toEqual(['new']);
    expect(material?.fingerprint).toBe('old');
    expect(state).toMatchObject({
      verdicts,
      fingerprint: 'old',
      proved: 'old',
      connected: true,
      failures: 0,
    });
    expect(state.candidate).toMatchObject({
      state: 'CandidateRejected',
      message: expect.stringMatching(/^Authenticated: /u) as string,
    });
  });

  test('that are rejected are tried again in the rhythm of the checks, as is what is in use', async () => {
    const scene = await Scene.connected();
    scene.offered = scene.material('new');
    scene.answers['new'] = REJECTED;
    await scene.judge();
    await scene.judge();
    expect(scene.checks).toEqual(['new']);
    scene.checks.length = 0;
    await scene.pass(50 * MINUTE);
    expect(scene.checks.filter((each) => each === 'new')).toHaveLength(10);
    expect(scene.checks.filter((each) => each === 'old')).toHaveLength(10);
    expect(scene.state).toMatchObject({ connected: true, candidate: { failures: 11 } });
  });

  test('of an OAuth client that is rejected are held back, ever longer', async () => {
    const scene = await Scene.connected();
    scene.offered = scene.material('new');
    scene.answers['new'] = CLIENT_REJECTED;
    await scene.judge();
    scene.checks.length = 0;
    await scene.pass(14 * MINUTE);
    expect(scene.checks).not.toContain('new');
    await scene.pass(166 * MINUTE);
    // After 15, 45, 105 and 165 minutes.
    expect(scene.checks.filter((each) => each === 'new')).toHaveLength(4);
  });

  test('that nobody answers to are tried again soon, and ever later', async () => {
    const scene = await Scene.connected();
    scene.offered = scene.material('new');
    scene.answers['new'] = REFUSED;
    await scene.judge();
    expect(scene.state.candidate?.state).toBe('CandidateUnproven');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const at = scene.state.candidate!.nextAttemptAt;
      waits.push((at - Date.now()) / SECOND);
      vi.setSystemTime(at);
      await scene.judge();
    }
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(0.8 * 30 * 2 ** index);
      expect(wait).toBeLessThanOrEqual(1.2 * 30 * 2 ** index);
    }
  });

  test('that cannot be read are said to be so, and what is in use goes on', async () => {
    const scene = await Scene.connected();
    scene.offered = UNREADABLE;
    const { material, state } = await scene.judge();
    expect(material?.fingerprint).toBe('old');
    expect(state).toMatchObject({
      connected: true,
      problem: undefined,
      candidate: { state: 'CandidateRejected', message: 'it does not open' },
    });
    await scene.pass(25 * MINUTE);
    expect(scene.checks).toHaveLength(5);
  });

  test('are judged at once when they change again', async () => {
    const scene = await Scene.connected();
    scene.offered = UNREADABLE;
    await scene.judge();
    scene.offered = scene.material('new');
    await scene.judge();
    expect(scene.checks).toEqual(['new']);
    expect(scene.state.candidate).toBeUndefined();
  });

  test('that are put back are what is in use', async () => {
    const scene = await Scene.connected();
    scene.offered = UNREADABLE;
    await scene.judge();
    scene.offered = scene.material('old');
    await scene.judge();
    expect(scene.state.candidate).toBeUndefined();
    expect(scene.checks).toEqual([]);
  });

  test('are judged once more when somebody asks, and so is what is in use', async () => {
    const scene = await Scene.connected();
    scene.offered = scene.material('new');
    scene.answers['new'] = REJECTED;
    await scene.judge();
    scene.request('now');
    scene.checks.length = 0;
    await scene.judge();
    await scene.judge();
    expect(scene.checks).toEqual(['new', 'old']);
    expect(scene.state.handledRequest).toBe('now');
  });
});

describe('what is in use', () => {
  test('loses its connection whatever waits beside it', async () => {
    const scene = await Scene.connected();
    scene.offered = UNREADABLE;
    scene.answers['old'] = REFUSED;
    await scene.pass(20 * MINUTE);
    expect(scene.state).toMatchObject({ connected: false, candidate: { state: 'CandidateRejected' } });
  });

  test('is what executions have, when the operator meets a server anew', async () => {
    const scene = new Scene();
    scene.offered = UNREADABLE;
    const { material, state } = await scene.judge();
    expect(material?.fingerprint).toBe('old');
    expect(scene.checks).toEqual(['old']);
    expect(state).toMatchObject({ connected: true, candidate: { state: 'CandidateRejected' } });
  });
});

test.each(['SecretNotFound', 'SecretNotLabelled', 'SecretAccessDenied', 'HostForbidden'] as const)(
  '%s is a problem, whatever executions have',
  async (reason) => {
    const scene = await Scene.connected();
    scene.offered = new ConfigurationProblem(reason, 'x');
    const { material, state } = await scene.judge();
    expect(material).toBeUndefined();
    expect(state).toMatchObject({ connected: false, problem: { reason } });
  },
);

test('without a binding, bad contents are a problem', async () => {
  const scene = await Scene.connected();
  scene.proved = undefined;
  scene.offered = UNREADABLE;
  expect((await scene.judge()).state.problem?.reason).toBe('WrongPassword');
});
