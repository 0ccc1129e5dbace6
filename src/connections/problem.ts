import type { Reason } from '../api/reasons.ts';

/** Everything that can be known to be wrong with a connection without talking to its server. */
export type ProblemReason = Extract<
  Reason,
  | 'SecretNotFound'
  | 'SecretNotLabelled'
  | 'SecretKeyNotFound'
  | 'SecretAccessDenied'
  | 'ConfigMapNotFound'
  | 'ConfigMapKeyNotFound'
  | 'WrongPassword'
  | 'LegacyEncryption'
  | 'NoPrivateKey'
  | 'NotPkcs12'
  | 'TooExpensive'
  | 'InvalidCertificate'
  | 'InvalidCA'
  | 'InvalidAddress'
  | 'EmptySecret'
  | 'BindingSecretNotOwned'
  | 'ServerNotFound'
  | 'OtherType'
  | 'HostForbidden'
  | 'InsecureTlsForbidden'
>;

/** Thrown while material is made; ends as the condition Configured. The message says what to do. */
export class ConfigurationProblem extends Error {
  readonly reason: ProblemReason;

  constructor(reason: ProblemReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigurationProblem';
    this.reason = reason;
  }
}
