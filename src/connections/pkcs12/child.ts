/** The process in which files from outside are parsed: it can be killed, as no thread inside OpenSSL can. */
import { openNatively } from './native.ts';
import type { OpenAnswer, OpenRequest, Outcome } from './outcome.ts';

/** Milliseconds that OpenSSL may take where it would hold up everything else the operator does. */
const SWIFT = 40;

async function open({ pfx, passphrase, asPem }: OpenRequest): Promise<Outcome> {
  const start = performance.now();
  const outcome = openNatively(pfx, passphrase);
  const isUnwieldy = outcome.kind === 'native' && (asPem || performance.now() - start > SWIFT);
  const isOld = outcome.kind === 'failed' && outcome.failure === 'unsupportedCipher';
  // Loaded when it is first needed: it takes longer to load than all else here.
  return isUnwieldy || isOld ? (await import('./convert.ts')).convert(pfx, passphrase) : outcome;
}

function answer(message: OpenAnswer): void {
  process.send?.(message);
}

process.on('message', (request: OpenRequest) => {
  void open({ ...request, pfx: Buffer.from(request.pfx) }).then((outcome) =>
    answer({ id: request.id, outcome }),
  );
});
process.on('disconnect', () => process.exit());
answer({});
