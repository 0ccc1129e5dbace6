import { describe, expect, test } from 'vitest';
import { ConfigurationProblem } from '../../connections/problem.ts';
import {
  checked,
  exampleMaterial,
  exampleReport,
  exampleServer,
  MINUTE,
  NOON,
  SECOND,
  unjudged,
} from '../../../test/integration/server/examples.ts';
import { afterProblem, retryDelay } from './judge.ts';
import type { ServerState } from './state.ts';

const REPORTS = {
  P: exampleReport(),
  F: exampleReport('ServerReachable', 'ConnectionRefused'),
  R: exampleReport('RootAdmin', 'MissingRole'),
  H: exampleReport('Authenticated', 'ClientCertificateRejected'),
};

/** The states after each of a row of checks: P passes, F and R fail, H needs a human, c in front: contents changed. */
function statesAfter(row: string, failureThreshold: number): ServerState[] {
  const server = exampleServer({ checks: { failureThreshold } });
  const states: ServerState[] = [];
  let contents = 0;
  for (const step of row.match(/c?[PFRH]/gu) ?? []) {
    const report = REPORTS[step.at(-1) as keyof typeof REPORTS];
    const before = states.at(-1) ?? unjudged(server);
    if (step.startsWith('c')) contents += 1;
    states.push(checked(server, before, { report, material: exampleMaterial(`contents ${contents}`) }));
  }
  return states;
}

const letters = (states: readonly ServerState[], of: (state: ServerState) => boolean) =>
  states.map((state) => (of(state) ? 'T' : 'F')).join('');

describe('Connected', () => {
  test.each([
    [3, 'P', 'T', 'the first pass is the verdict'],
    [3, 'F', 'F', 'the first failure is the verdict'],
    [3, 'FFP', 'FFT', 'the first pass turns it True'],
    [3, 'PFF', 'TTT', 'two failures are one too few'],
    [3, 'PFFF', 'TTTF', 'the third failure turns it False'],
    [3, 'PFRF', 'TTTF', 'whichever check fails'],
    [3, 'PFFPFF', 'TTTTTT', 'a pass ends the run'],
    [3, 'PFFFPFFF', 'TTTFTTTF', 'and again'],
    [1, 'PF', 'TF', 'a threshold of one is at once'],
    [1, 'PFP', 'TFT', 'and back'],
    [2, 'PHF', 'TTF', 'what a human may have to mend is a failure like the rest'],
    [10, 'PHH', 'TTF', 'what a human must mend waits for no threshold'],
    [10, 'PcH', 'TF', 'new contents that are rejected count at once'],
    [3, 'PcF', 'TT', 'new contents that are not proved are debounced'],
  ])('with threshold %i after %s is %s: %s', (threshold, row, expected) => {
    expect(letters(statesAfter(row, threshold), ({ connected }) => connected)).toBe(expected);
  });
});

test('a connection without a verdict has nothing to keep, whatever its status said', () => {
  const server = exampleServer();
  const state = { ...unjudged(server), connected: true };
  expect(checked(server, state, { report: REPORTS.F }).connected).toBe(false);
});

describe('a human is needed', () => {
  test.each([
    ['H', 'T', 'at once, if it never worked'],
    ['FH', 'FT', 'at once, also after other failures'],
    ['F', 'F', 'not for what time may mend'],
    ['PH', 'TF', 'not before it was confirmed, if it ever worked'],
    ['PHH', 'TFT', 'with the second time'],
    ['PHFH', 'TFFF', 'twice in a row'],
    ['PFFFH', 'TFFFF', 'also when Connected is False already'],
    ['PcH', 'TT', 'at once, if the contents have just changed'],
    ['HP', 'TF', 'no longer after a pass'],
    ['HF', 'TF', 'no longer once it fails in another way'],
  ])('after %s: %s (%s)', (row, expected) => {
    const needed = letters(statesAfter(row, 3), ({ needsHuman }) => needsHuman);
    expect(needed).toBe(row.startsWith('P') ? `F${expected.slice(1)}` : expected);
  });
});

describe('the run of failures', () => {
  test('begins with the first and ends with a pass', () => {
    const server = exampleServer();
    const failed = checked(server, unjudged(server), { report: REPORTS.F, at: NOON });
    const again = checked(server, failed, { report: REPORTS.F, at: NOON + MINUTE });
    expect([failed.failingSince, again.failingSince]).toEqual([NOON, NOON]);
    expect([failed.failures, again.failures]).toEqual([1, 2]);
    expect(checked(server, again)).toMatchObject({ failures: 0, failingSince: undefined });
  });

  test('is remembered with what was known, if the site tells nothing', () => {
    const server = exampleServer();
    const passed = checked(server, unjudged(server));
    const report = { outcomes: REPORTS.F.outcomes, signInProved: false, errors: [], durations: new Map() };
    expect(checked(server, passed, { report, at: NOON + MINUTE })).toMatchObject({
      product: { version: '31.60' },
      signInProvedAt: NOON,
    });
  });
});

describe('the next check', () => {
  test.each([
    [1, 30],
    [2, 60],
    [3, 120],
    [4, 240],
    [5, 300],
    [6, 300],
    [1000, 300],
  ])('after %i failures is %i s away', (failures, seconds) => {
    expect(retryDelay(exampleServer().spec, failures)).toBe(seconds * SECOND);
  });

  test('is never sooner than retryInterval, though the interval is shorter', () => {
    const { spec } = exampleServer({ checks: { interval: '10s', retryInterval: '1m' } });
    expect(retryDelay(spec, 1)).toBe(MINUTE);
    expect(retryDelay(spec, 5)).toBe(MINUTE);
  });

  test.each([
    [0, 24],
    [0.5, 30],
    [1, 36],
  ])('is spread: a random number of %d makes it %i s', (random, seconds) => {
    const server = exampleServer();
    const { nextCheckAt } = checked(server, unjudged(server), { report: REPORTS.F, random });
    expect(nextCheckAt).toBe(NOON + 100 + seconds * SECOND);
  });

  test('is within ±20 % of its delay for every run of failures and every random number', () => {
    const server = exampleServer();
    for (let failures = 1; failures <= 8; failures += 1) {
      for (let random = 0; random <= 1; random += 0.125) {
        const state = { ...unjudged(server), failures: failures - 1 };
        const { nextCheckAt } = checked(server, state, { report: REPORTS.F, random });
        const share = (nextCheckAt - NOON - 100) / retryDelay(server.spec, failures);
        expect(share).toBeGreaterThanOrEqual(0.8);
        expect(share).toBeLessThanOrEqual(1.2);
      }
    }
  });

  test('comes soon when it has to confirm that a human is needed, however long it has failed', () => {
    const server = exampleServer({ checks: { failureThreshold: 10 } });
    const state = { ...checked(server, unjudged(server)), failures: 6 };
    const doubted = checked(server, state, { report: REPORTS.H });
    expect(doubted.needsHuman).toBe(false);
    expect(doubted.nextCheckAt).toBe(NOON + 100 + 30 * SECOND);
  });

  test.each(['P', 'H'] as const)('is in the rhythm of the server after %s', (step) => {
    const server = exampleServer();
    const state = checked(server, unjudged(server), { report: REPORTS[step] });
    const later = checked(server, state, { report: REPORTS[step], at: state.nextCheckAt + 10 * SECOND });
    expect(state.nextCheckAt).toBeGreaterThan(NOON + 100);
    expect(state.nextCheckAt).toBeLessThanOrEqual(NOON + 101 + 5 * MINUTE);
    expect(later.nextCheckAt - state.nextCheckAt).toBe(5 * MINUTE);
  });

  test.each(['P', 'H'] as const)('leaves out the instants that a long check has missed, after %s', (step) => {
    const server = exampleServer();
    const state = checked(server, unjudged(server), { report: REPORTS[step] });
    const at = state.nextCheckAt;
    const later = checked(server, state, { report: REPORTS[step], at, duration: 12 * MINUTE });
    expect(later.nextCheckAt).toBe(at + 15 * MINUTE);
  });
});

describe('a problem of the configuration', () => {
  const absent = new ConfigurationProblem('SecretNotFound', 'it does not exist');

  test('drops the verdicts but not the memory of having worked', () => {
    const server = exampleServer();
    const state = afterProblem(checked(server, unjudged(server)), absent, NOON);
    expect(state).toMatchObject({ connected: false, everConnected: true, verdicts: undefined });
    expect(state.problem).toEqual({ reason: 'SecretNotFound', message: 'it does not exist', since: NOON });
  });

  test('keeps the time it was first seen, until it is another one', () => {
    const first = afterProblem(unjudged(exampleServer()), absent, NOON);
    const second = afterProblem(first, absent, NOON + MINUTE);
    const other = new ConfigurationProblem('SecretKeyNotFound', 'it has no such key');
    expect(second.problem?.since).toBe(NOON);
    expect(afterProblem(second, other, NOON + MINUTE).problem?.since).toBe(NOON + MINUTE);
  });
});

describe('credentials', () => {
  const short = { Current: 'C', CandidateRejected: 'R', CandidateUnproven: 'U' };
  test.each([
    ['P', 'C', 'what was proved is current'],
    ['PFFF', 'CCCC', 'an outage says nothing about them'],
    ['PHH', 'CCC', 'a rejection of what once worked is no candidate'],
    ['PcP', 'CC', 'new contents that are proved are current'],
    ['PcFP', 'CUC', 'new contents that could not be judged are judged later'],
    ['PcFH', 'CUR', 'and rejected then'],
    ['PcFFF', 'CUUU', 'and stay unproven through an outage'],
    ['PcHH', 'CRR', 'what was rejected stays so'],
    ['PcHF', 'CRR', 'also while the server is down'],
    ['PcHP', 'CRC', 'until it is accepted after all'],
    ['PcHcP', 'CRC', 'or replaced'],
    ['PcHcF', 'CRU', 'even if that is not proved yet'],
  ])('after %s are %s: %s', (row, expected) => {
    expect(
      statesAfter(row, 3)
        .map(({ credential }) => short[credential.state])
        .join(''),
    ).toBe(expected);
  });

  test('that could not be judged leave verdicts and fingerprint as they were, but not for ever', () => {
    const states = statesAfter('PcFFF', 3);
    const [good] = states;
    for (const state of states.slice(1, 3)) {
      expect(state).toMatchObject({ verdicts: good!.verdicts, fingerprint: good!.fingerprint });
    }
    expect(states.at(-1)!.verdicts!.get('ServerReachable')!.status).toBe('False');
    expect(states.at(-1)!.connected).toBe(false);
  });

  test('that were rejected say so in Authenticated, once', () => {
    const [, first, second] = statesAfter('PcHH', 3);
    for (const state of [first, second]) {
      const { reason, message } = state!.verdicts!.get('Authenticated')!;
      expect(reason).toBe('CandidateRejected');
      expect(message.match(/the contents that replaced the former ones are not accepted/gu)).toHaveLength(1);
    }
  });

  test('of a client that the tenant rejects are tried again after 15, 30, 60 and 60 minutes', () => {
    const server = exampleServer();
    const report = exampleReport('Authenticated', 'CredentialsRejected');
    const waits: number[] = [];
    let state = checked(server, unjudged(server));
    for (let attempt = 0; attempt < 4; attempt += 1) {
      state = checked(server, state, { report, material: exampleMaterial('other') });
      waits.push((state.nextCheckAt - NOON - 100) / MINUTE);
    }
    expect(waits).toEqual([15, 30, 60, 60]);
    expect(state).toMatchObject({
      credential: { state: 'CandidateRejected' },
      nextAttempt: state.nextCheckAt,
    });
  });
});

test('a server that asks to be left alone is, though other failures are retried sooner', () => {
  const server = exampleServer();
  const report = exampleReport('Authenticated', 'RateLimited');
  const failed = report.outcomes.get('Authenticated')!;
  if (failed.kind !== 'failed') throw new Error('the example does not fail');
  const asking = new Map(report.outcomes).set('Authenticated', {
    ...failed,
    failure: { ...failed.failure, retryAfter: 2 * MINUTE },
  });
  const good = checked(server, unjudged(server));
  const next = (outcomes: typeof report.outcomes) =>
    checked(server, good, { report: { ...report, outcomes } }).nextCheckAt - NOON - 100;
  expect(next(report.outcomes)).toBe(30 * SECOND);
  expect(next(asking)).toBe(2 * MINUTE);
});
