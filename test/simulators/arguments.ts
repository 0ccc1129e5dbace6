import { parseArgs } from 'node:util';
import { type Faults, parseFault } from './onpremise/faults.ts';

/** What the command line asks for. */
export interface SimulatorArguments {
  readonly help: boolean;
  readonly faults: Partial<Faults>;
}

/** How to start the simulator. */
export const USAGE = `Usage: npm run simulator -- [--fault NAME[=VALUE]]... [--help]`;

/** Reads the command line. Throws an error that names what is allowed. */
export function readArguments(words: readonly string[]): SimulatorArguments {
  const { values } = parse(words);
  const faults = (values.fault ?? []).map((each) => {
    const [name = '', value] = each.split(/=(.*)/s);
    return parseFault(name, value);
  });
  return { help: values.help ?? false, faults: Object.assign({}, ...faults) as Partial<Faults> };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { fault: { type: 'string', multiple: true }, help: { type: 'boolean' } },
    });
  } catch (cause) {
    const [reason] = (cause as Error).message.split('. ', 1);
    throw new Error(`${reason}: allowed are --fault NAME[=VALUE] and --help`, { cause });
  }
}
