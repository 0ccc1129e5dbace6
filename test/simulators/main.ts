import { createInterface, type Interface } from 'node:readline';
import { readArguments, USAGE } from './arguments.ts';
import { obey } from './commands.ts';
import { writeSiteFiles } from './files.ts';
import { type OnPremiseSite, startOnPremiseSite } from './onpremise/site.ts';
import { faultTable, welcome } from './welcome.ts';

async function main(words: readonly string[]): Promise<void> {
  const { help, faults } = readArguments(words);
  if (help) {
    console.log(`${USAGE}\n\nFaults:\n\n${faultTable()}`);
    return;
  }
  const stop = Promise.withResolvers<void>();
  process.once('SIGINT', stop.resolve).once('SIGTERM', stop.resolve);
  await using site = await startOnPremiseSite({ faults });
  const files = await writeSiteFiles(site);
  try {
    console.log(welcome(site, files));
    using _lines = listen(site, stop.resolve);
    await stop.promise;
  } finally {
    await files.remove();
  }
}

/** Obeys what is typed. The end of the input is not the end of the simulator: it also runs without a terminal. */
function listen(site: OnPremiseSite, quit: () => void): Interface {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line.trim() === 'quit') {
      quit();
      return;
    }
    obey(site, line).then(console.log, (error: Error) => console.error(error.message));
  });
  return lines;
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
