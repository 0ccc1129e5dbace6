import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What the bundle was made of, for the licences and the bill of materials. */
export const METAFILE = path.join(ROOT, 'dist/bundle.meta.json');

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
