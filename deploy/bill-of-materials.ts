import { createHash } from 'node:crypto';
import { version } from '../src/version.ts';
import { type BundledPackage, bundledPackages } from './bundled-packages.ts';

const NAME = 'qlik-operator';
const OPERATOR = 'SPDXRef-operator';

/** The bill of materials of the bundle in SPDX 2.3: the same for the same bundle, but for the time it was made. */
export function billOfMaterials(created: Date): object {
  const packages = bundledPackages();
  const hash = createHash('sha256')
    .update(JSON.stringify(packages.map(purlOf)))
    .digest('hex');
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${NAME}-${version()}`,
    documentNamespace: `https://spdx.org/spdxdocs/${NAME}-${version()}-${hash.slice(0, 32)}`,
    creationInfo: {
      created: created.toISOString().replace(/\.\d+Z$/u, 'Z'),
      creators: [`Tool: ${NAME}-deploy/bill-of-materials.ts`],
    },
    packages: [
      {
        ...described(OPERATOR, { name: NAME, version: version(), license: 'Apache-2.0' }),
        primaryPackagePurpose: 'APPLICATION',
      },
      ...packages.map((one, index) => ({
        ...described(idOf(index), one),
        primaryPackagePurpose: 'LIBRARY',
        checksums: [checksumOf(one)],
        externalRefs: [
          {
            referenceCategory: 'PACKAGE-MANAGER',
            referenceType: 'purl',
            referenceLocator: purlOf(one),
          },
        ],
      })),
    ],
    relationships: [
      relation('SPDXRef-DOCUMENT', 'DESCRIBES', OPERATOR),
      ...packages.map((_, index) => relation(OPERATOR, 'CONTAINS', idOf(index))),
    ],
  };
}

function described(
  id: string,
  { name, version, license }: Pick<BundledPackage, 'name' | 'version' | 'license'>,
) {
  return {
    SPDXID: id,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: license,
    copyrightText: 'NOASSERTION',
  };
}

function idOf(index: number): string {
  return `SPDXRef-package-${index}`;
}

/** Package URL; the @ of a scope is escaped. */
function purlOf({ name, version }: BundledPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function checksumOf({ integrity }: BundledPackage): { algorithm: string; checksumValue: string } {
  const [algorithm = '', value = ''] = integrity.split('-', 2);
  return {
    algorithm: algorithm.toUpperCase(),
    checksumValue: Buffer.from(value, 'base64').toString('hex'),
  };
}

function relation(from: string, type: 'CONTAINS' | 'DESCRIBES', to: string): object {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
}

if (import.meta.main) {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  const created = epoch === undefined || epoch === '' ? new Date() : new Date(Number(epoch) * 1000);
  process.stdout.write(`${JSON.stringify(billOfMaterials(created), undefined, 2)}\n`);
}
