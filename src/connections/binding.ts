import type { Cloud } from '../api/cloud.ts';
import { CREDENTIALS_LABEL } from '../api/group.ts';
import type { OnPremise } from '../api/onpremise.ts';
import type { QlikServerSpec } from '../api/qlikserver.ts';
import type { Converted } from './pkcs12/outcome.ts';
import type { ReadSource } from './source.ts';

/** Data of a binding Secret. Names as in the Service Binding specification, where it has one. */
export type BindingData = Readonly<Record<string, string>>;

/** What a binding is of, as the specification has it. */
const TYPE = 'qlik';
export const BINDING_SECRET_TYPE = `servicebinding.io/${TYPE}`;

export function bindingOfSite(
  { serverUrl, userDirectory, serviceAccountUser }: OnPremise,
  { certificate, key, authorities: own }: Converted,
  authorities: readonly string[],
): BindingData {
  return {
    type: TYPE,
    provider: 'OnPremise',
    uri: serverUrl,
    'user-directory': userDirectory,
    username: serviceAccountUser,
    certificates: certificate,
    'private-key': key,
    ...caOf([...authorities, ...own]),
  };
}

export function bindingOfTenant(
  { tenantUrl, clientId, webIntegrationId }: Cloud,
  clientSecret: string,
  authorities: readonly string[],
): BindingData {
  return {
    type: TYPE,
    provider: 'Cloud',
    uri: tenantUrl,
    'client-id': clientId,
    'client-secret': clientSecret,
    ...(webIntegrationId === undefined ? {} : { 'web-integration-id': webIntegrationId }),
    ...caOf(authorities),
  };
}

function caOf(authorities: readonly string[]): BindingData {
  const certificates = new Set(authorities.map((pem) => pem.trim()));
  return certificates.size === 0 ? {} : { 'ca.crt': `${[...certificates].join('\n')}\n` };
}

/**
 * The spec with the credentials of its binding Secret instead of those it names. The authorities that came with a client
 * certificate are then trusted for serverUrl too, as the Secret does not tell them apart.
 */
export function specOfBinding(spec: QlikServerSpec, secretName: string, data: BindingData): QlikServerSpec {
  const { onPremise, cloud } = spec;
  return {
    ...spec,
    trust: data['ca.crt'] === undefined ? [] : [{ secretKeyRef: { name: secretName, key: 'ca.crt' } }],
    ...(onPremise === undefined
      ? {}
      : { onPremise: { ...onPremise, clientCertificate: { tls: { secretName } } } }),
    ...(cloud === undefined
      ? {}
      : { cloud: { ...cloud, clientSecret: { secretKeyRef: { name: secretName, key: 'client-secret' } } } }),
  };
}

/** Reads a binding Secret as if it were the Secret of a user. */
export function sourceOfBinding(secretName: string, data: BindingData): ReadSource {
  const { certificates, 'private-key': key, ...rest } = data;
  const named = {
    ...rest,
    ...(certificates === undefined ? {} : { 'tls.crt': certificates }),
    ...(key === undefined ? {} : { 'tls.key': key }),
  };
  const labels = { [CREDENTIALS_LABEL.name]: CREDENTIALS_LABEL.value };
  const contents = Object.fromEntries(Object.entries(named).map(([name, text]) => [name, Buffer.from(text)]));
  return ({ name }) =>
    Promise.resolve(name === secretName ? { state: 'present', labels, data: contents } : { state: 'absent' });
}
