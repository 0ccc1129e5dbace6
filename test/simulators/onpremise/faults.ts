/** The three listeners of a site, by the role of their usual port: 4242, 4243 and 443. */
export type ListenerName = 'repository' | 'proxy' | 'browser';

/** All listeners. */
export const LISTENERS = ['repository', 'proxy', 'browser'] as const satisfies readonly ListenerName[];

/** What can be wrong with a site. Everything can change while it runs; see `FAULT_HELP` for the meaning. */
export interface Faults {
  readonly portRefused: boolean | ListenerName;
  readonly untrustedCa: false | 'repository' | 'browser';
  readonly serverCertificate: false | 'expired' | 'wrongName';
  readonly certificateRejected: boolean | 'reset' | 'alert';
  readonly noRootAdmin: boolean;
  readonly userMissing: boolean;
  readonly userInactive: boolean;
  readonly virtualProxyMissing: boolean;
  readonly virtualProxyUnlinked: boolean;
  readonly noLoadBalancingNode: boolean;
  readonly ticketNotHonoured: boolean;
  readonly redeemStatus: number;
  readonly foreignProxyHost: boolean;
  readonly slow: number;
  readonly hang: boolean | ListenerName;
  readonly browserStatus: number;
}

/** A healthy site. */
export const NO_FAULTS: Faults = {
  portRefused: false,
  untrustedCa: false,
  serverCertificate: false,
  certificateRejected: false,
  noRootAdmin: false,
  userMissing: false,
  userInactive: false,
  virtualProxyMissing: false,
  virtualProxyUnlinked: false,
  noLoadBalancingNode: false,
  ticketNotHonoured: false,
  redeemStatus: 0,
  foreignProxyHost: false,
  slow: 0,
  hang: false,
  browserStatus: 0,
};

/** What each fault does, in a line for people. */
export const FAULT_HELP: Readonly<Record<keyof Faults, string>> = {
  portRefused: 'connections are refused: on (= repository), repository, proxy or browser',
  untrustedCa: 'a certificate of an unknown authority: repository (both service ports) or browser',
  serverCertificate: 'the certificate of both service ports is: expired or wrongName (issued for qs1)',
  certificateRejected: 'the client certificate is not accepted: on, reset or alert',
  noRootAdmin: 'the service account has no RootAdmin role and sees empty lists',
  userMissing: 'the service account does not exist',
  userInactive: 'the service account is inactive',
  virtualProxyMissing: 'the virtual proxy does not exist',
  virtualProxyUnlinked: 'the virtual proxy is not linked to the proxy service',
  noLoadBalancingNode: 'the virtual proxy has no load balancing node',
  ticketNotHonoured: 'the browser side does not know the tickets, as behind a load balancer',
  redeemStatus: 'a redeemed ticket opens a session, but is answered with this status and an HTML page',
  foreignProxyHost: 'the repository names a proxy in a foreign domain',
  slow: 'milliseconds before the first byte of every answer',
  hang: 'requests are never answered: on (= everywhere), repository, proxy or browser',
  browserStatus: 'the browser side answers everything with this status and an HTML page, for example 502',
};

const choices: Partial<Record<keyof Faults, readonly string[]>> = {
  portRefused: ['on', ...LISTENERS],
  untrustedCa: ['repository', 'browser'],
  serverCertificate: ['expired', 'wrongName'],
  certificateRejected: ['on', 'reset', 'alert'],
  hang: ['on', ...LISTENERS],
};

/** Reads a fault as typed by a person (`noRootAdmin`, `slow` + `3000`, `hang` + `off`). Throws an error that names what is allowed. */
export function parseFault(name: string, value = 'on'): Partial<Faults> {
  if (!Object.hasOwn(NO_FAULTS, name)) {
    throw new Error(`Unknown fault "${name}": allowed are ${Object.keys(NO_FAULTS).join(', ')}`);
  }
  const fault = name as keyof Faults;
  if (value === 'off') {
    return { [fault]: NO_FAULTS[fault] };
  }
  return {
    [fault]: typeof NO_FAULTS[fault] === 'number' ? parseNumber(name, value) : parseChoice(fault, value),
  };
}

function parseNumber(name: string, value: string): number {
  if (!/^\d{1,6}$/.test(value)) {
    throw new Error(`Fault "${name}" needs a whole number or off, current value is "${value}"`);
  }
  return Number(value);
}

function parseChoice(fault: keyof Faults, value: string): string | boolean {
  const allowed = choices[fault] ?? ['on'];
  if (!allowed.includes(value)) {
    throw new Error(`Fault "${fault}" can be ${[...allowed, 'off'].join(', ')}, current value is "${value}"`);
  }
  return value === 'on' ? true : value;
}
