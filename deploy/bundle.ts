import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What the bundle was made of, for the licences and the bill of materials. */
export const METAFILE = path.join(ROOT, 'dist/bundle.meta.json');

/** What the operator uses of undici. Its index would load fetch, WebSocket and a cache as well: 12 MiB of memory (measured). */
const UNDICI = `
  import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
  import request from 'undici/lib/api/api-request.js';
  Dispatcher.prototype.request = request;
  export { default as Agent } from 'undici/lib/dispatcher/agent.js';
  export { default as Client } from 'undici/lib/dispatcher/client.js';
`;

const undiciInParts: Plugin = {
  name: 'undici in parts',
  setup: (bundler) => {
    const src = path.join(ROOT, 'src') + path.sep;
    // Go's regular expressions know no flag for Unicode.
    bundler.onResolve({ filter: new RegExp('^undici$') }, ({ importer }) =>
      importer.startsWith(src) ? { path: 'undici', namespace: 'parts' } : undefined,
    );
    bundler.onLoad({ filter: new RegExp('.*'), namespace: 'parts' }, () => ({
      contents: UNDICI,
      resolveDir: ROOT,
    }));
  },
};

/** Bundles the operator into dist/: what users run. The kubeconfig library stays a chunk that only a kubeconfig loads. */
export async function bundleOperator(): Promise<string> {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { 'qlik-operator': 'src/main.ts', 'pkcs12-child': 'src/connections/pkcs12/child.ts' },
    outdir: 'dist/bundle',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    sourcemap: 'linked',
    metafile: true,
    plugins: [undiciInParts],
    legalComments: 'none',
    // Not the names: a stack in a log must be readable without the source map, which the image leaves out.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
    define: { QLIK_OPERATOR_VERSION: JSON.stringify(version) },
    // CommonJS packages inside an ES module bundle still ask for `require`.
    banner: {
      js: `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`,
    },
  });
  writeFileSync(METAFILE, JSON.stringify(metafile));
  return path.join(ROOT, 'dist/bundle/qlik-operator.mjs');
}

if (import.meta.main) process.stdout.write(`${await bundleOperator()}\n`);
