import type { QlikServerSpec } from '../api/qlikserver.ts';
import type { QlikConnection } from '../qlik/connector.ts';
import { onPremiseConnection } from '../qlik/onpremise/connection.ts';
import { ConfigurationProblem } from './problem.ts';
import { parseAuthorities } from './authorities.ts';
import type { CertificateDetails } from './certificate.ts';
import { openClientCertificate } from './client-certificate.ts';
import { browserContext } from './contexts.ts';
import { connectionFields, fingerprint } from './fingerprint.ts';
import { redactor, type Redact } from './redaction.ts';
import { readKey, type ReadSource } from './source.ts';

/** A connection ready to be used: what the spec, the Secrets and the trust made together. */
export interface Material {
  readonly connection: QlikConnection;
  readonly certificate: CertificateDetails;
  readonly fingerprint: string;
  readonly redact: Redact;
}

/** Makes the material of a server; throws a `ConfigurationProblem` that says what is missing or wrong. */
export async function makeMaterial(spec: QlikServerSpec, read: ReadSource): Promise<Material> {
  const { onPremise } = spec;
  if (onPremise === undefined) throw new Error('an OnPremise server without onPremise'); // the schema has refused this
  refuseBadAddress('serverUrl', onPremise.serverUrl);
  const trusted = await readTrust(spec.trust, read);
  const authorities = trusted.flatMap(({ certificates }) => certificates);
  const client = await openClientCertificate(onPremise.clientCertificate, read, authorities);
  return {
    connection: onPremiseConnection({
      spec: onPremise,
      browserContext: browserContext(authorities),
      serviceContext: client.context,
      certificate: client.details,
    }),
    certificate: client.details,
    fingerprint: fingerprint(connectionFields(spec), [
      ...client.contents,
      ...trusted.map(({ bundle }) => bundle),
    ]),
    redact: redactor(client.secrets),
  };
}

/** The schema knows the form of an address; whether 999.1.1.1 or [:::] is one, only a parser. */
function refuseBadAddress(field: string, address: string): void {
  if (URL.canParse(address)) return;
  throw new ConfigurationProblem(
    'InvalidAddress',
    `${field} "${address}" has a host that is neither a name nor an IP address`,
  );
}

interface Trusted {
  readonly bundle: Buffer;
  readonly certificates: readonly string[];
}

async function readTrust(trust: QlikServerSpec['trust'], read: ReadSource): Promise<Trusted[]> {
  const all: Trusted[] = [];
  for (const [index, { configMapKeyRef, secretKeyRef }] of trust.entries()) {
    const kind = configMapKeyRef === undefined ? 'Secret' : 'ConfigMap';
    const reference = configMapKeyRef ?? secretKeyRef;
    if (reference === undefined) continue; // the schema has refused this
    const bundle = await readKey(read, { kind, name: reference.name }, reference.key);
    const where = `spec.trust[${index}] (key "${reference.key}" of the ${kind} "${reference.name}")`;
    all.push({ bundle, certificates: parseAuthorities(bundle, where) });
  }
  return all;
}
