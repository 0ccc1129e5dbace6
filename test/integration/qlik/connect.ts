import type { CheckName } from '../../../src/api/conditions.ts';
import { qlikServerSpec } from '../../../src/api/qlikserver.ts';
import { MaterialMaker, type Material } from '../../../src/connections/material.ts';
import type { CheckOptions, CheckReport, Outcome } from '../../../src/qlik/connector.ts';
import type { Failure } from '../../../src/qlik/failure.ts';
import type { CloudTenant } from '../../simulators/cloud/tenant.ts';
import type { OnPremiseSite } from '../../simulators/onpremise/site.ts';
import { readFrom, specWith, type Objects } from '../connections/namespace.ts';

/** How a connection differs from the usual one to a site. */
export interface Difference {
  readonly onPremise?: Readonly<Record<string, unknown>>;
  readonly objects?: Objects;
}

/** The material of a connection to a simulated site: both its authorities in `trust`, its client certificate a file. */
export function materialFor(site: OnPremiseSite, { onPremise, objects }: Difference = {}): Promise<Material> {
  const usual = {
    serverUrl: site.serverUrl,
    userDirectory: site.serviceAccount.userDirectory,
    serviceAccountUser: site.serviceAccount.userId,
    repositoryService: { port: site.repositoryPort },
    proxyService: { port: site.proxyPort },
  };
  const read = readFrom({
    'Secret/qlik': { 'client.pfx': site.clientPfx, password: site.clientPfxPassword },
    'ConfigMap/ca': { 'ca.crt': `${site.siteCa}\n${site.corporateCa}` },
    ...objects,
  });
  return new MaterialMaker().make(
    specWith({ ...usual, ...onPremise }, [{ configMapKeyRef: { name: 'ca' } }]),
    read,
  );
}

/** Which tenant to connect to, and how the connection differs from the usual one. */
export interface TenantDifference {
  readonly at: CloudTenant;
  readonly secret?: string;
  readonly cloud?: Readonly<Record<string, unknown>>;
  /** Default: one that has seen nothing yet. */
  readonly maker?: MaterialMaker;
}

/** The material of a connection to a simulated tenant. */
export function materialForTenant({
  at,
  secret = at.clientSecret,
  cloud,
  maker = new MaterialMaker(),
}: TenantDifference): Promise<Material> {
  const { tenantUrl, clientId } = at;
  const spec = qlikServerSpec.parse({
    type: 'Cloud',
    cloud: { tenantUrl, clientId, clientSecret: { secretKeyRef: { name: 'client' } }, ...cloud },
    trust: [{ configMapKeyRef: { name: 'ca' } }],
  });
  return maker.make(
    spec,
    readFrom({ 'Secret/client': { clientSecret: secret }, 'ConfigMap/ca': { 'ca.crt': at.ca } }),
  );
}

/** One whole check with the usual options. */
export async function check(
  site: OnPremiseSite,
  difference: Difference = {},
  options: Partial<CheckOptions> = {},
): Promise<CheckReport> {
  const { connection } = await materialFor(site, difference);
  return connection.check({ ...USUAL, signal: new AbortController().signal, ...options });
}

/** No test waits this long: what ends only by its timeout fails. */
const USUAL = { timeout: 60_000, proveAnew: false, proveSignIn: () => true };

/** A report in a line per check: `passed Reachable`, `failed UnknownCA`, `notRun ServerReachable`, `kept`. */
export function summary({ outcomes }: CheckReport): Record<CheckName, string> {
  return Object.fromEntries([...outcomes].map(([name, outcome]) => [name, word(outcome)])) as Record<
    CheckName,
    string
  >;
}

function word(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'passed':
      return `passed ${outcome.pass}`;
    case 'failed':
      return `failed ${outcome.failure.kind}`;
    case 'notRun':
      return `notRun ${outcome.because}`;
    case 'kept':
      return 'kept';
  }
}

/** The failure of a check that must have failed. */
export function failureIn({ outcomes }: CheckReport, name: CheckName): Failure {
  const outcome = outcomes.get(name);
  if (outcome?.kind === 'failed') return outcome.failure;
  throw new Error(`${name} did not fail: ${JSON.stringify(outcome)}`);
}

/** What a healthy site gives. */
export const GOOD: Readonly<Record<CheckName, string>> = {
  ServerReachable: 'passed Reachable',
  Authenticated: 'passed CertificateAccepted',
  UserExists: 'passed UserFound',
  RootAdmin: 'passed RoleAssigned',
  VirtualProxyReady: 'passed SignInProven',
};

/** What follows where a check fails: the ones that need it are not run. */
export function failingAt(name: CheckName, kind: string): Record<CheckName, string> {
  const blocked = BLOCKED[name];
  return {
    ...GOOD,
    [name]: `failed ${kind}`,
    ...Object.fromEntries(blocked.map((each) => [each, `notRun ${name}`])),
  };
}

const BLOCKED: Readonly<Record<CheckName, readonly CheckName[]>> = {
  ServerReachable: ['Authenticated', 'UserExists', 'RootAdmin', 'VirtualProxyReady'],
  Authenticated: ['UserExists', 'RootAdmin', 'VirtualProxyReady'],
  UserExists: ['RootAdmin', 'VirtualProxyReady'],
  RootAdmin: [],
  VirtualProxyReady: [],
};
