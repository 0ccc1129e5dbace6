import { createInterface } from 'node:readline';

/** One line of the operator's log. */
export interface LogLine {
  readonly msg: string;
  readonly time: string;
  readonly address?: string;
}

/** Reads a log until a line has the text; throws when it ends before. */
export async function linesUntil(stream: NodeJS.ReadableStream, text: string): Promise<LogLine[]> {
  const seen: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    seen.push(line);
    if (line.includes(text))
      return seen.filter((one) => one.startsWith('{')).map((one) => JSON.parse(one) as LogLine);
  }
  throw new Error(`The log ended without ${text}:\n${seen.join('\n')}`);
}

/** The line that says where probes are answered. */
export function servingLine(log: readonly LogLine[]): LogLine {
  const line = log.find(({ msg }) => msg === 'serving /livez and /readyz');
  if (line === undefined) throw new Error('The log does not say where /livez is served');
  return line;
}

/** Status of a probe. */
export async function statusOf(log: readonly LogLine[], path: '/livez' | '/readyz'): Promise<number> {
  const { status } = await fetch(`http://${servingLine(log).address}${path}`);
  return status;
}

/** Value of a metric without labels. */
export async function metricOf(log: readonly LogLine[], name: string): Promise<number> {
  const address = log.find(({ msg }) => msg === 'serving /metrics')?.address;
  const text = await (await fetch(`http://${address}/metrics`)).text();
  const value = new RegExp(`^${name} (.+)$`, 'mu').exec(text)?.[1];
  if (value === undefined) throw new Error(`There is no metric ${name}`);
  return Number(value);
}
