import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { REASONS } from '../../api/reasons.ts';
import { FAILURE_KINDS } from '../../qlik/failure.ts';
import { explain, GRACE, messageOf, needsHumanFrom } from './explain.ts';

const SRC = path.resolve(import.meta.dirname, '../..');
const failure = { phase: 'tcp', endpoint: 'qlik.corp.example:4242', detail: 'what was seen' } as const;

describe.each(FAILURE_KINDS)('%s', (kind) => {
  test('has a reason of the closed list and says what to do', () => {
    const { reason, advice } = explain({ ...failure, kind });
    expect(REASONS).toHaveProperty(reason);
    expect(advice).toMatch(/^[a-z]/u);
    expect(advice).not.toMatch(/[.;]$/u);
    expect(messageOf({ ...failure, kind })).toBe(`qlik.corp.example:4242 (tcp): what was seen; ${advice}`);
  });
});

test.each([
  'UnknownCA',
  'HostnameMismatch',
  'ClientCertificateExpired',
  'ClientCertificateNotYetValid',
  'ClientCertificateRejected',
] as const)('%s needs a human: waiting will not mend it', (kind) => {
  expect(explain({ ...failure, kind }).needsHuman).toBe(true);
});

test.each([
  'DnsNotFound',
  'ConnectionRefused',
  'ConnectTimeout',
  'ResponseTimeout',
  'ProxyUnavailable',
  'MissingRole',
  'NotLinked',
  'SessionsExhausted',
] as const)('%s may pass by itself, or with a change on the server', (kind) => {
  expect(explain({ ...failure, kind }).needsHuman).toBe(false);
});

test.each(['SecretNotFound', 'SecretKeyNotFound', 'ConfigMapNotFound', 'ConfigMapKeyNotFound'] as const)(
  '%s may still be on its way',
  (reason) => {
    expect(needsHumanFrom(reason, 1000)).toBe(1000 + GRACE);
    expect(GRACE).toBe(120_000);
  },
);

test.each(['SecretNotLabelled', 'SecretAccessDenied', 'WrongPassword', 'InvalidCA'] as const)(
  '%s needs a human at once',
  (reason) => {
    expect(needsHumanFrom(reason, 1000)).toBe(1000);
  },
);

/** What the sources give as a reason: `reason: 'X'`, `new ConfigurationProblem('X'`, `pass: 'X'`. */
const GIVEN =
  /(?:\breason: |\bpass: |\bConfigurationProblem\(\s*|\bpassed\(\s*|\bwait\(\s*|\bhuman\(\s*)'([A-Z][A-Za-z0-9]+)'/gu;

/** Of events and of QlikExecutions, which have reasons of their own. */
const ELSEWHERE = [
  'Admitted',
  'AppSyncFailed',
  'AppsChanged',
  'CertificateExpiresSoon',
  'ConnectionLost',
  'CredentialRotated',
  'Ended',
  'Expired',
  'Invalid',
  'NeedsAttention',
  'Queued',
  'Refused',
];

test('every reason that the sources give is in the closed list, but for those of other things', () => {
  const files = globSync('**/*.ts', { cwd: SRC }).filter((file) => !file.endsWith('.test.ts'));
  const given = files.flatMap((file) =>
    [...readFileSync(path.join(SRC, file), 'utf8').matchAll(GIVEN)].map(([, reason]) => reason ?? ''),
  );
  expect(new Set(given).size).toBeGreaterThan(40);
  const unlisted = given.filter((reason) => !Object.hasOwn(REASONS, reason));
  expect([...new Set(unlisted)].sort()).toEqual(ELSEWHERE);
});
