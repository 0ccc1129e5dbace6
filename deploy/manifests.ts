import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { CHART, openHelm } from './helm.ts';

/** Namespace of the plain manifests, and name of everything in them. */
const NAME = 'qlik-operator';

export const MANIFESTS = path.join(import.meta.dirname, 'manifests/qlik-operator.yaml');

const HEADER = `# The Qlik operator without Helm: \`kubectl apply --server-side --filename=qlik-operator.yaml\`.
# Made from charts/qlik-operator by \`make manifests\`; do not edit. docs/install.md says what is left to do.
`;

interface Manifest {
  readonly metadata: {
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
}

const NAMESPACE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: NAME,
    labels: {
      'app.kubernetes.io/name': NAME,
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/enforce-version': 'latest',
    },
  },
};

/** The text of the plain manifests: the chart with its defaults, less what only Helm reads, and a namespace. */
export async function plainManifests(): Promise<string> {
  const helm = await openHelm({ folder: path.join(tmpdir(), 'qlik-operator-helm') });
  const { stdout, stderr, code } = await helm(['template', NAME, CHART, `--namespace=${NAME}`]);
  if (code !== 0) throw new Error(`helm template failed: ${stderr}`);
  const documents = parseAllDocuments(stdout).map((document) => withoutHelm(document.toJS() as Manifest));
  const texts = [NAMESPACE, ...documents].map((document) =>
    stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  return HEADER + texts.map((text) => `---\n${text}`).join('');
}

/** Nobody manages these objects through Helm, and deleting them deletes them. */
function withoutHelm<T extends Manifest>(manifest: T): T {
  const { labels, annotations } = manifest.metadata;
  delete labels?.['app.kubernetes.io/managed-by'];
  delete labels?.['helm.sh/chart'];
  delete annotations?.['helm.sh/resource-policy'];
  return manifest;
}

if (import.meta.main) {
  mkdirSync(path.dirname(MANIFESTS), { recursive: true });
  writeFileSync(MANIFESTS, await plainManifests());
}
