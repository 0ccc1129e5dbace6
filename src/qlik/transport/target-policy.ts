import type { LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Where the operator may connect to at all: whoever may write a QlikServer chooses hosts, the administrator the bounds. */
export interface TargetPolicy {
  /** Whether a host may be used, by its name. */
  readonly allowsHost: (host: string) => boolean;
  /** Those addresses of a host that may be connected to. */
  readonly permitted: (addresses: readonly LookupAddress[]) => LookupAddress[];
}

/** Loopback, link-local and unspecified addresses: the pod itself, its node, and the metadata services of clouds. */
const LOCAL = new BlockList();
LOCAL.addSubnet('127.0.0.0', 8, 'ipv4');
LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');
LOCAL.addSubnet('0.0.0.0', 8, 'ipv4');
LOCAL.addAddress('::1', 'ipv6');
LOCAL.addAddress('::', 'ipv6');
LOCAL.addSubnet('fe80::', 10, 'ipv6');

export interface TargetRules {
  /** Host names, or `*.domain` for everything below a domain; none means any host. */
  readonly allowedHosts: readonly string[];
  readonly allowLocalTargets: boolean;
}

export function targetPolicy({ allowedHosts, allowLocalTargets }: TargetRules): TargetPolicy {
  const patterns = allowedHosts.map((pattern) => pattern.toLowerCase());
  return {
    allowsHost: (host) =>
      patterns.length === 0 || patterns.some((pattern) => matches(pattern, host.toLowerCase())),
    permitted: (addresses) => addresses.filter(({ address }) => allowLocalTargets || !isLocal(address)),
  };
}

/** No bounds: for tests, and for a person at a command line. */
export const ANY_TARGET: TargetPolicy = targetPolicy({ allowedHosts: [], allowLocalTargets: true });

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/** IPv4 inside IPv6 (`::ffff:127.0.0.1`) is found by the IPv4 rules. */
function isLocal(address: string): boolean {
  return LOCAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
