import { describe, expect, test } from 'vitest';
import { exampleMaterial, exampleServer, NOON } from '../../../test/integration/server/examples.ts';
import { certificateValidity } from './certificate-validity.ts';

const DAY = 86_400_000;
const { certificate } = exampleMaterial();

function verdict(
  change: { notBefore?: Date; notAfter?: Date },
  { expiryWarningDays }: { expiryWarningDays?: number[] } = {},
): string {
  const { spec } = exampleServer({ checks: { expiryWarningDays } });
  const state = { certificate: { ...certificate, ...change }, problem: undefined };
  const { status, reason, message } = certificateValidity(spec, state, NOON);
  return `${status}/${reason}: ${message}`;
}

const inDays = (days: number) => ({ notAfter: new Date(NOON + days * DAY) });

describe('a certificate', () => {
  test.each([
    [
      'that is good for long',
      inDays(31),
      'True/CertificateValid: the client certificate is valid until 2026-06-04',
    ],
    [
      'that has expired',
      { notAfter: new Date(NOON - 1) },
      'False/ClientCertificateExpired: the client certificate expired on 2026-05-04',
    ],
    [
      'of tomorrow',
      { notBefore: new Date(NOON + DAY) },
      'False/ClientCertificateNotYetValid: the client certificate is valid from 2026-05-05 on',
    ],
  ])('%s', (_what, change, expected) => {
    expect(verdict(change)).toBe(expected);
  });

  test('that cannot be read is not judged', () => {
    const { spec } = exampleServer();
    const problem = { reason: 'WrongPassword', message: 'x', since: 0 } as const;
    expect(certificateValidity(spec, { certificate, problem }, NOON).reason).toBe('NotRun');
    expect(certificateValidity(spec, { certificate: undefined, problem: undefined }, NOON).reason).toBe(
      'NotRun',
    );
  });
});

describe('a certificate that expires soon', () => {
  test.each([
    [30, '30 days'],
    [14.5, '30 days'],
    [14, '14 days'],
    [6.9, '7 days'],
    [1, 'a day'],
    [0.01, 'a day'],
  ])('in %d days is said to do so within %s', (days, within) => {
    expect(verdict(inDays(days))).toMatch(
      new RegExp(
        `^True/ExpiresSoon: the client certificate expires on 2026-0\\d-\\d\\d, within ${within}; `,
        'u',
      ),
    );
  });

  test('is warned of when the spec says so', () => {
    expect(verdict(inDays(59), { expiryWarningDays: [60] })).toContain('within 60 days');
    expect(verdict(inDays(20), { expiryWarningDays: [10] })).toContain('True/CertificateValid');
    expect(verdict(inDays(0.5), { expiryWarningDays: [] })).toContain('True/CertificateValid');
  });
});
