import type { QlikServerSpec } from '../../api/qlikserver.ts';
import { notRun, type Verdict } from './verdict.ts';
import type { ServerState } from './state.ts';

const DAY = 86_400_000;

/** What CertificateValid says: expiry alone, and ahead of time. The message changes only when the next warning is due. */
export function certificateValidity(
  { checks }: QlikServerSpec,
  { certificate, problem }: Pick<ServerState, 'certificate' | 'problem'>,
  now: number,
): Verdict {
  if (problem !== undefined) return notRun('Configured is not True');
  if (certificate === undefined) return notRun('the client certificate has not been read yet');
  const { notBefore, notAfter } = certificate;
  if (now > notAfter.getTime()) {
    return {
      status: 'False',
      reason: 'ClientCertificateExpired',
      message: `the client certificate expired on ${day(notAfter)}`,
    };
  }
  if (now < notBefore.getTime()) {
    return {
      status: 'False',
      reason: 'ClientCertificateNotYetValid',
      message: `the client certificate is valid from ${day(notBefore)} on`,
    };
  }
  const within = Math.min(
    ...checks.expiryWarningDays.filter((days) => notAfter.getTime() - now <= days * DAY),
  );
  if (within !== Number.POSITIVE_INFINITY) {
    return {
      status: 'True',
      reason: 'ExpiresSoon',
      message: `the client certificate expires on ${day(notAfter)}, within ${days(within)}; put a new one into its Secret before that`,
    };
  }
  return {
    status: 'True',
    reason: 'CertificateValid',
    message: `the client certificate is valid until ${day(notAfter)}`,
  };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function days(count: number): string {
  return count === 1 ? 'a day' : `${count} days`;
}
