import type { Figures } from './metrics.ts';
import type { Memory } from './usage.ts';
import type { Span } from './window.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const MIB_KIB = 1024;

export function idleFigures(span: Span, memory: Memory): Figures {
  return {
    idleRss: memory.resident / MIB_KIB,
    idleCpu: perMinute(span.cpu.total, span),
    idleApi: perMinute(span.apiRequests, span),
    idleReconciles: perMinute(span.reconciles, span),
  };
}

export function bootFigures(span: Span, servers: number): Figures {
  return {
    bootCpu: span.cpu.total / servers,
    bootChecks: span.checks / servers,
    bootCheckCpu: span.cpu.total / span.checks,
    bootReconcileCpu: span.cpu.total / span.reconciles,
    bootReconciles: span.reconciles / servers,
    bootInFlight: span.checking / span.ms,
    bootApi: span.apiRequests / servers,
    bootTime: span.ms / SECOND_MS,
  };
}

/** `base`: the memory before there were servers. */
export function steadyFigures(
  span: Span,
  { base, memory, servers }: { readonly base: Memory; readonly memory: Memory; readonly servers: number },
): Figures {
  const { cpu, checks } = span;
  if (checks === 0) throw new Error('No check was made in steady; measure for longer, or with more servers');
  return {
    steadyCpu: cpu.total / checks,
    steadyUser: cpu.user / checks,
    steadySystem: cpu.system / checks,
    steadyReconcileCpu: cpu.total / span.reconciles,
    steadyReconciles: span.reconciles / checks,
    steadyInFlight: span.checking / span.ms,
    steadyRequests: span.requests / checks,
    steadyHandshakes: span.handshakes / checks,
    steadyApi: perMinute(span.apiRequests, span),
    steadyRss: memory.resident / MIB_KIB,
    steadyAnonymous: memory.anonymous / MIB_KIB,
    steadyPeak: memory.peak / MIB_KIB,
    steadyServer: (memory.resident - base.resident) / servers,
  };
}

/** `start`: CPU until it was ready; `interval`: seconds that it ran since then. */
export function restartFigures(
  span: Span,
  { steady, start, interval }: { readonly steady: Span; readonly start: number; readonly interval: number },
): Figures {
  return {
    // All since the start, by the time since it was ready: being slow to start must not look good.
    restartRate: span.requests / interval / ((steady.requests / steady.ms) * SECOND_MS),
    restartCpu: span.cpu.total,
    restartStart: start,
    restartReconcileCpu: span.cpu.total / span.reconciles,
    restartReconciles: span.reconciles,
    restartApi: span.apiRequests,
  };
}

function perMinute(amount: number, { ms }: Span): number {
  return (amount / ms) * MINUTE_MS;
}
