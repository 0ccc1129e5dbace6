import { expect, test } from 'vitest';
import { redactor } from '../../qlik/transport/redaction.ts';
import type { CheckReport, Outcome } from '../../qlik/connector.ts';
import { exampleReport } from '../../../test/integration/server/examples.ts';
import { firstNotTrue, verdictsOf } from './verdict.ts';

const redactNothing = redactor([]);

const withSignIn = (outcome: Outcome): CheckReport => {
  const report = exampleReport();
  return { ...report, outcomes: new Map([...report.outcomes, ['VirtualProxyReady', outcome]]) };
};
const KEPT = withSignIn({ kind: 'kept', why: 'SessionsExhausted', detail: 'no session is free' });

test('what was kept has the verdict it had', () => {
  const before = verdictsOf(exampleReport(), undefined, redactNothing);
  expect(verdictsOf(KEPT, before, redactNothing)).toEqual(before);
  const failed = verdictsOf(exampleReport('VirtualProxyReady', 'NotLinked'), before, redactNothing);
  expect(firstNotTrue(verdictsOf(KEPT, failed, redactNothing))).toEqual([
    'VirtualProxyReady',
    failed.get('VirtualProxyReady'),
  ]);
});

test.each([
  ['never judged', undefined],
  ['not run', verdictsOf(exampleReport('ServerReachable'), undefined, redactNothing)],
])('what was kept, but was %s before, is not vouched for', (_, before) => {
  expect(verdictsOf(KEPT, before, redactNothing).get('VirtualProxyReady')).toEqual({
    status: 'Unknown',
    reason: 'SessionsExhausted',
    message: 'no session is free',
  });
});

test('what was not run names what it waits for', () => {
  const verdicts = verdictsOf(exampleReport('Authenticated'), undefined, redactNothing);
  expect(verdicts.get('RootAdmin')).toEqual({
    status: 'Unknown',
    reason: 'NotRun',
    message: 'not run, as Authenticated does not pass',
  });
  expect([...verdicts.keys()]).toEqual([...exampleReport().outcomes.keys()]);
});

test('every message goes through the redaction', () => {
  const masked = verdictsOf(exampleReport('RootAdmin', 'MissingRole'), undefined, () => '[masked]');
  expect(new Set([...masked.values()].map(({ message }) => message))).toEqual(new Set(['[masked]']));
});
