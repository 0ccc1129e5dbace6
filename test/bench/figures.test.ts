import { describe, expect, test } from 'vitest';
import { bootFigures, idleFigures, restartFigures, steadyFigures } from './figures.ts';
import type { Span } from './window.ts';

/** 20 checks of 300 ms and 25 reconciles in 10 s. */
const SPAN: Span = {
  from: 0,
  ms: 10_000,
  cpu: { user: 300, system: 100, total: 400 },
  checks: 20,
  checking: 6_000,
  reconciles: 25,
  apiRequests: 40,
  requests: 180,
  handshakes: 50,
  load: { foreign: 0, rest: 0 },
};
const BASE = { resident: 20 * 1024, peak: 20 * 1024, anonymous: 10 * 1024 };
const MEMORY = { resident: 30 * 1024, peak: 40 * 1024, anonymous: 15 * 1024 };

test('idle: all by the minute', () => {
  expect(idleFigures(SPAN, MEMORY)).toEqual({
    idleRss: 30,
    idleCpu: 2400,
    idleApi: 240,
    idleReconciles: 150,
  });
});

test('boot: by new server, by check, by reconcile', () => {
  expect(bootFigures(SPAN, 10)).toEqual({
    bootCpu: 40,
    bootChecks: 2,
    bootCheckCpu: 20,
    bootReconcileCpu: 16,
    bootReconciles: 2.5,
    bootInFlight: 0.6,
    bootApi: 4,
    bootTime: 10,
  });
});

describe('steady', () => {
  const size = { base: BASE, memory: MEMORY, servers: 16 };

  test('by check and by reconcile; memory by server without what it was before', () => {
    expect(steadyFigures(SPAN, size)).toEqual({
      steadyCpu: 20,
      steadyUser: 15,
      steadySystem: 5,
      steadyReconcileCpu: 16,
      steadyReconciles: 1.25,
      steadyInFlight: 0.6,
      steadyRequests: 9,
      steadyHandshakes: 2.5,
      steadyApi: 240,
      steadyRss: 30,
      steadyAnonymous: 15,
      steadyPeak: 40,
      steadyServer: 640,
    });
  });

  test('without a check there is nothing to compare', () => {
    expect(() => steadyFigures({ ...SPAN, checks: 0 }, size)).toThrow('No check was made in steady');
  });
});

test('restart: requests since the start by the time since it was ready, beside those of steady', () => {
  const steady = { ...SPAN, requests: 300 };
  expect(restartFigures(SPAN, { steady, start: 90, interval: 5 })).toEqual({
    restartRate: 1.2,
    restartCpu: 400,
    restartStart: 90,
    restartReconcileCpu: 16,
    restartReconciles: 25,
    restartApi: 40,
  });
});
