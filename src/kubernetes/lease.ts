/** What a Lease of `coordination.k8s.io/v1` says; times in RFC 3339 with microseconds. */
export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export interface Lease {
  readonly apiVersion: 'coordination.k8s.io/v1';
  readonly kind: 'Lease';
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string };
  readonly spec: LeaseSpec;
}

/** Durations in milliseconds. */
export interface LeaseTimes {
  /** How long others wait after the last renewal they saw. */
  readonly leaseDuration: number;
  /** How long the leader goes on without a renewal; shorter, so that two never lead at once. */
  readonly renewDeadline: number;
  /** Between two attempts, to acquire or to renew. */
  readonly retryPeriod: number;
}

/**
 * Whether a lease may be taken. `seenFor` is how long this replica has seen it unchanged by its own clock: the times in
 * the lease are of somebody else's clock and are never compared with ours.
 */
export function isFree(
  { holderIdentity = '', leaseDurationSeconds = 0 }: LeaseSpec,
  identity: string,
  seenFor: number,
): boolean {
  return holderIdentity === '' || holderIdentity === identity || seenFor >= leaseDurationSeconds * 1000;
}

/** The lease as its holder writes it. */
export function heldBy(
  identity: string,
  before: LeaseSpec | undefined,
  { leaseDuration, now }: { leaseDuration: number; now: number },
): LeaseSpec {
  const renewTime = microTime(now);
  const isRenewal = before?.holderIdentity === identity;
  const transitions = before?.leaseTransitions ?? 0;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: leaseDuration / 1000,
    acquireTime: isRenewal ? (before.acquireTime ?? renewTime) : renewTime,
    renewTime,
    leaseTransitions: isRenewal || before === undefined ? transitions : transitions + 1,
  };
}

/** The lease as its holder leaves it, so that nobody has to wait for its end. */
export function released(before: LeaseSpec, now: number): LeaseSpec {
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) };
}

function microTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}
