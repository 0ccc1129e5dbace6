import { parseArgs } from 'node:util';
import { type Kind, KINDS } from './simulation.ts';

/** What the command line asks for. */
export interface SimulatorArguments {
  readonly help: boolean;
  readonly kind: Kind;
  /** Names and values as typed, in their order. */
  readonly faults: readonly (readonly [name: string, value: string | undefined])[];
  /** 0: a free port. */
  readonly adminPort: number;
}

const allowed = 'onpremise or cloud, --fault NAME[=VALUE], --admin-port PORT and --help';

/** How to start a simulator. */
export const USAGE = `Usage: npm run simulator -- [onpremise|cloud] [--fault NAME[=VALUE]]... [--admin-port PORT] [--help]`;

/** Reads the command line. Throws an error that names what is allowed. */
export function readArguments(words: readonly string[]): SimulatorArguments {
  const { values, positionals } = parse(words);
  const [name = 'onpremise', ...more] = positionals;
  const kind = KINDS.find((each) => each === name);
  if (kind === undefined || more.length > 0) {
    throw new Error(`Unknown simulator '${positionals.join(' ')}': allowed are ${allowed}`);
  }
  const adminPort = values['admin-port'] ?? '0';
  if (!/^\d{1,5}$/.test(adminPort) || Number(adminPort) > 65_535) {
    throw new Error(`--admin-port must be between 0 and 65535, current value is '${adminPort}'`);
  }
  const faults = (values.fault ?? []).map((each) => {
    const [fault = '', value] = each.split(/=(.*)/s);
    return [fault, value] as const;
  });
  return { help: values.help ?? false, kind, faults, adminPort: Number(adminPort) };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        fault: { type: 'string', multiple: true },
        'admin-port': { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (cause) {
    const [reason] = (cause as Error).message.split('. ', 1);
    throw new Error(`${reason}: allowed are ${allowed}`, { cause });
  }
}
