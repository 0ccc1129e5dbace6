/** One thing that must hold; returns what is wrong, or `undefined`. */
export type HealthCheck = () => string | undefined;

/** Runs named checks; the body names each, as the API server's own probes do. */
export function healthReport(checks: Readonly<Record<string, HealthCheck>>): {
  status: number;
  body: string;
} {
  const findings = Object.entries(checks).map(([name, check]) => ({ name, problem: check() }));
  const healthy = findings.every(({ problem }) => problem === undefined);
  const lines = findings.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`,
  );
  return { status: healthy ? 200 : 503, body: `${lines.join('\n')}\n${healthy ? 'ok' : 'failed'}\n` };
}
