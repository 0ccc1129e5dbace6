/** Where in talking to a server something failed. */
export type Phase = 'proxy' | 'dns' | 'tcp' | 'tls' | 'http' | 'api';

/** Everything that can be wrong with a Qlik server: closed, so that whoever reports it must deal with each. */
export const FAILURE_KINDS = [
  'DnsNotFound',
  'DnsTemporary',
  'ConnectionRefused',
  'ConnectTimeout',
  'ConnectionFailed',
  'UnknownCA',
  'HostnameMismatch',
  'ServerCertificateExpired',
  'ServerCertificateInvalid',
  'NotTls',
  'ResponseTimeout',
  'HttpProxyFailed',
  'ProxyUnavailable',
  'ClientCertificateExpired',
  'ClientCertificateNotYetValid',
  'ClientCertificateRejected',
  'Forbidden',
  'UnexpectedResponse',
  'UserNotFound',
  'UserInactive',
  'UserRefused',
  'MissingRole',
  'ListsFiltered',
  'VirtualProxyMissing',
  'NotLinked',
  'NoEngineNode',
  'ProxyNotRunning',
  'ProxyHostUnknown',
  'TicketFailed',
  'TicketRejected',
  'HostNotAllowed',
  'SessionsExhausted',
  'NotQlikCloud',
  'UnknownTenant',
  'AccessBlocked',
  'CredentialsRejected',
  'ClientForbidden',
  'TokenRefused',
  'RateLimited',
  'TargetRefused',
  'InternalError',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export interface Failure {
  readonly kind: FailureKind;
  readonly phase: Phase;
  /** `host:port` that was talked to. */
  readonly endpoint: string;
  /** What was seen, stable from one check to the next: no times, counters or request ids. */
  readonly detail: string;
  /** Milliseconds the server asks to be left alone, from Retry-After; not part of the detail, which is stable. */
  readonly retryAfter?: number;
}

/** Carries a `Failure` through code that throws. */
export class QlikError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(`${failure.endpoint} (${failure.phase}): ${failure.detail}`, options);
    this.name = 'QlikError';
    this.failure = failure;
  }
}

/** The failure inside an error, or `undefined` when the error is none of Qlik's. */
export function failureOf(error: unknown): Failure | undefined {
  return error instanceof QlikError ? error.failure : undefined;
}
