import { createInterface, type Interface } from 'node:readline';
import { startAdminApi } from './admin/server.ts';
import { readArguments, USAGE } from './arguments.ts';
import { FAULT_HELP as CLOUD_FAULTS } from './cloud/faults.ts';
import { simulateCloud } from './cloud-simulation.ts';
import { obey } from './commands.ts';
import { FAULT_HELP as ON_PREMISE_FAULTS } from './onpremise/faults.ts';
import { simulateOnPremise } from './onpremise-simulation.ts';
import { faultTable, type Simulation } from './simulation.ts';

const kinds = { onpremise: simulateOnPremise, cloud: simulateCloud };

async function main(words: readonly string[]): Promise<void> {
  const { help, kind, faults, adminPort } = readArguments(words);
  if (help) {
    const tables = `Faults onpremise:\n\n${faultTable(ON_PREMISE_FAULTS)}\n\nFaults cloud:\n\n${faultTable(CLOUD_FAULTS)}`;
    console.log(`${USAGE}\n\n${tables}`);
    return;
  }
  const stop = Promise.withResolvers<void>();
  process.once('SIGINT', stop.resolve).once('SIGTERM', stop.resolve);
  const simulation = await kinds[kind]();
  try {
    for (const [name, value] of faults) await simulation.setFault(name, value);
    await using admin = await startAdminApi(simulation, adminPort);
    console.log(simulation.welcome(admin.url));
    using _lines = listen(simulation, stop.resolve);
    await stop.promise;
  } finally {
    await simulation.stop();
  }
}

/** Obeys what is typed. The end of the input is not the end of the simulator: it also runs without a terminal. */
function listen(simulation: Simulation, quit: () => void): Interface {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line.trim() === 'quit') {
      quit();
      return;
    }
    obey(simulation, line).then(console.log, (error: Error) => console.error(error.message));
  });
  return lines;
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
