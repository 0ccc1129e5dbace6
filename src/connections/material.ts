import type { Cloud } from '../api/cloud.ts';
import type { OnPremise } from '../api/onpremise.ts';
import type { QlikServerSpec } from '../api/qlikserver.ts';
import type { QlikConnection } from '../qlik/connector.ts';
import { cloudConnection } from '../qlik/cloud/connection.ts';
import { RejectionBudget } from '../qlik/cloud/rejections.ts';
import { TokenCache } from '../qlik/cloud/token.ts';
import { onPremiseConnection } from '../qlik/onpremise/connection.ts';
import { bareHost } from '../qlik/transport/endpoint.ts';
import type { ProxyFor } from '../qlik/transport/http-proxy.ts';
import { ANY_TARGET, type TargetPolicy } from '../qlik/transport/target-policy.ts';
import { ConfigurationProblem } from './problem.ts';
import { parseAuthorities } from './authorities.ts';
import { bindingOfSite, bindingOfTenant, type BindingData } from './binding.ts';
import type { CertificateDetails } from './certificate.ts';
import { openClientCertificate } from './client-certificate.ts';
import { browserContext } from './contexts.ts';
import { directly, proxyAt } from './environment-proxy.ts';
import { connectionFields, fingerprint } from './fingerprint.ts';
import { redactor, type Redact } from '../qlik/transport/redaction.ts';
import { readingOnce, readKey, type ReadSource } from './source.ts';

/** A connection ready to be used: what the spec, the Secrets and the trust made together. */
export interface Material {
  readonly connection: QlikConnection;
  /** The client certificate; a tenant has none. */
  readonly certificate: CertificateDetails | undefined;
  readonly fingerprint: string;
  readonly redact: Redact;
  /** What a binding Secret of this connection holds. */
  readonly binding: () => Promise<BindingData>;
}

/** The bounds that the administrator of the operator sets. */
export interface MaterialRules {
  readonly policy: TargetPolicy;
  /** Refuses `insecureSkipTlsVerify`. */
  readonly forbidInsecureTls: boolean;
  /** The proxies of servers that name none themselves. */
  readonly proxyFor: ProxyFor;
}

/** Makes material; keeps what all connections share. */
export class MaterialMaker {
  readonly #tokens = new TokenCache(new RejectionBudget());
  readonly #rules: MaterialRules;

  constructor({
    policy = ANY_TARGET,
    forbidInsecureTls = false,
    proxyFor = directly,
  }: Partial<MaterialRules> = {}) {
    this.#rules = { policy, forbidInsecureTls, proxyFor };
  }

  /** Throws a `ConfigurationProblem` that says what is missing or wrong. */
  async make(spec: QlikServerSpec, source: ReadSource): Promise<Material> {
    const read = readingOnce(source);
    const trusted = await readTrust(spec.trust, read);
    const authorities = trusted.flatMap(({ certificates }) => certificates);
    const { contents, secrets, ...made } = await this.#connect(spec, read, authorities);
    const bundles = trusted.map(({ bundle }) => bundle);
    return {
      ...made,
      fingerprint: fingerprint(connectionFields(spec), [...contents, ...bundles]),
      redact: redactor(secrets),
    };
  }

  #proxies(httpProxy: string | undefined): ProxyFor {
    if (httpProxy === undefined) return this.#rules.proxyFor;
    refuseBadAddress('httpProxy', httpProxy);
    const proxy = proxyAt(httpProxy);
    refuseForbiddenHosts(this.#rules.policy, { httpProxy: proxy.host });
    return () => proxy;
  }

  #connect(spec: QlikServerSpec, read: ReadSource, authorities: readonly string[]): Promise<Connected> {
    const shared: Shared = {
      authorities,
      tokens: this.#tokens,
      ...this.#rules,
      proxyFor: this.#proxies(spec.httpProxy),
    };
    if (spec.cloud !== undefined) return connectCloud(spec.cloud, read, shared);
    if (spec.onPremise !== undefined) return connectOnPremise(spec.onPremise, read, shared);
    throw new Error('a server with neither onPremise nor cloud'); // the schema has refused this
  }
}

interface Shared extends MaterialRules {
  readonly authorities: readonly string[];
  readonly tokens: TokenCache;
}

/** A connection and what it was made of. */
interface Connected extends Pick<Material, 'connection' | 'certificate' | 'binding'> {
  readonly contents: readonly Buffer[];
  readonly secrets: readonly Buffer[];
}

async function connectOnPremise(
  spec: OnPremise,
  read: ReadSource,
  { authorities, policy, forbidInsecureTls, proxyFor }: Shared,
): Promise<Connected> {
  refuseBadAddress('serverUrl', spec.serverUrl);
  if (forbidInsecureTls && spec.insecureSkipTlsVerify) {
    throw new ConfigurationProblem(
      'InsecureTlsForbidden',
      'onPremise.insecureSkipTlsVerify is true, which the operator refuses (--forbid-insecure-tls); remove it, and name the authority of the server in spec.trust',
    );
  }
  refuseForbiddenHosts(policy, {
    serverUrl: new URL(spec.serverUrl).hostname,
    'repositoryService.host': spec.repositoryService.host,
    'proxyService.host': spec.proxyService.host,
  });
  const client = await openClientCertificate(spec.clientCertificate, read, authorities);
  const connection = onPremiseConnection({
    spec,
    policy,
    proxyFor,
    browserContext: browserContext(authorities),
    serviceContext: client.context,
    certificate: client.details,
  });
  return {
    connection,
    certificate: client.details,
    contents: client.contents,
    secrets: client.secrets,
    binding: async () => bindingOfSite(spec, await client.pem(), authorities),
  };
}

async function connectCloud(
  spec: Cloud,
  read: ReadSource,
  { authorities, tokens, policy, proxyFor }: Shared,
): Promise<Connected> {
  const {
    tenantUrl,
    clientId,
    clientSecret: { secretKeyRef },
  } = spec;
  refuseBadAddress('tenantUrl', tenantUrl);
  refuseForbiddenHosts(policy, { tenantUrl: new URL(tenantUrl).hostname });
  const content = await readKey(read, { kind: 'Secret', name: secretKeyRef.name }, secretKeyRef.key);
  const clientSecret = content.toString('utf8').trim();
  if (clientSecret === '') {
    throw new ConfigurationProblem(
      'EmptySecret',
      `the key "${secretKeyRef.key}" of the Secret "${secretKeyRef.name}" is empty; put the client secret there`,
    );
  }
  const connection = cloudConnection(
    { tenantUrl, clientId, clientSecret, policy, proxyFor, secureContext: browserContext(authorities) },
    tokens,
  );
  return {
    connection,
    certificate: undefined,
    contents: [content],
    secrets: [content],
    binding: () => Promise.resolve(bindingOfTenant(spec, clientSecret, authorities)),
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

/** Before a Secret is read for a host that it must not be sent to. */
function refuseForbiddenHosts(
  policy: TargetPolicy,
  hosts: Readonly<Record<string, string | undefined>>,
): void {
  for (const [field, host] of Object.entries(hosts)) {
    if (host === undefined || policy.allowsHost(bareHost(host))) continue;
    throw new ConfigurationProblem(
      'HostForbidden',
      `${field} has the host "${host}", which is not one of --allowed-hosts of the operator`,
    );
  }
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
