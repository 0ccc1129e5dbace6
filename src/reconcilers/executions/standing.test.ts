import { describe, expect, test } from 'vitest';
import {
  ADMITTED,
  COMPLETE,
  EXPIRED,
  exampleExecution,
  exampleJob,
  HELD,
  MADE,
  SUSPENDED_AGAIN,
} from '../../../test/fakes/execution-examples.ts';
import { merged, type Json } from '../../../test/fakes/merge-patch.ts';
import { queuedSince, standingOfExecution, standingOfJob, type Rules } from './standing.ts';

const MADE_AT = Date.parse(MADE);
const HOUR = 3_600_000;
const RULES: Rules = { limit: 2, queueTimeout: HOUR, allows: (namespace) => namespace === 'kpi' };

const saying = (state: string): Json => ({
  metadata: { annotations: { 'kpimailer.io/queue-state': state } },
});
const REQUEUE: Json = { metadata: { annotations: { 'kpimailer.io/requeue': 'now' } } };
const APPLIED: Json = {
  metadata: { managedFields: [{ operation: 'Apply', fieldsV1: { 'f:spec': { 'f:suspend': {} } } }] },
};
const KUEUE: Json = { metadata: { labels: { 'kueue.x-k8s.io/queue-name': 'team' } } };

/** `waiting`, `refused WiderThanLimit` … of a Job with these changes, when it has waited for so long. */
function jobStands(
  changes: readonly Json[],
  { rules = RULES, after = 0 }: Partial<Circumstances> = {},
): string {
  const job = changes.reduce<unknown>(merged, exampleJob('a')) as ReturnType<typeof exampleJob>;
  const standing = standingOfJob(job, rules === 'none' ? undefined : rules, MADE_AT + after);
  return standing.kind === 'refused' ? `refused ${standing.why}` : standing.kind;
}
interface Circumstances {
  readonly rules: Rules | 'none';
  readonly after: number;
}

describe('a Job', () => {
  test.each<[string, readonly Json[], string]>([
    ['that was created suspended waits', [], 'waiting'],
    ['that is not suspended runs', [ADMITTED], 'running'],
    ['that nobody has admitted runs as well', [{ spec: { suspend: false } }], 'running'],
    ['that is Complete has ended', [ADMITTED, COMPLETE], 'ended'],
    ['that is being deleted is not started any more', [{ metadata: { deletionTimestamp: MADE } }], 'others'],
    ['of another queue manager is not decided upon', [KUEUE], 'others'],
    ['of another queue manager runs all the same', [KUEUE, ADMITTED], 'running'],
    ['that is suspended again is held', [SUSPENDED_AGAIN], 'held'],
    ['that is held stays so', [SUSPENDED_AGAIN, saying('Held')], 'held'],
    ['that is held waits once it is requeued', [SUSPENDED_AGAIN, saying('Held'), REQUEUE], 'waiting'],
    [
      'that was suspended by what applies it is refused',
      [SUSPENDED_AGAIN, APPLIED],
      'refused SuspendOwnedByGitOps',
    ],
    ['whose manifest suspends it waits for its first run', [APPLIED], 'waiting'],
    [
      'refused for its manifest stays so, though that is mended',
      [SUSPENDED_AGAIN, saying('Refused:SuspendOwnedByGitOps')],
      'refused SuspendOwnedByGitOps',
    ],
    [
      'refused for its manifest waits once it is requeued',
      [saying('Refused:SuspendOwnedByGitOps'), REQUEUE],
      'waiting',
    ],
    ['that the API server refused stays so', [saying('Refused:Invalid')], 'refused Invalid'],
    [
      'that the API server refused waits once it is requeued',
      [saying('Refused:Invalid'), REQUEUE],
      'waiting',
    ],
    ['wider than the limit is refused', [{ spec: { parallelism: 3 } }], 'refused WiderThanLimit'],
    ['as wide as the limit waits', [{ spec: { parallelism: 2 } }], 'waiting'],
    ['that was wider than an earlier limit waits', [saying('Refused:WiderThanLimit')], 'waiting'],
    [
      'with nonsensical slots is refused',
      [{ metadata: { labels: { 'kpimailer.io/slots': '0' } } }],
      'refused InvalidSlots',
    ],
    [
      'of a namespace that is not allowed is refused',
      [{ metadata: { namespace: 'sales' } }],
      'refused NamespaceNotAllowed',
    ],
    ['that has expired stays so', [saying('Expired')], 'expired'],
    ['that has expired waits once it is requeued', [saying('Expired'), REQUEUE], 'waiting'],
  ])('%s', (_what, changes, expected) => {
    expect(jobStands(changes)).toBe(expected);
  });

  test('of a server that is not there is refused, until there is one', () => {
    expect(jobStands([], { rules: 'none' })).toBe('refused ServerNotFound');
    expect(jobStands([saying('Refused:ServerNotFound')])).toBe('waiting');
  });

  test('expires when it has waited for the queueTimeout', () => {
    expect(jobStands([], { after: HOUR - 1 })).toBe('waiting');
    expect(jobStands([], { after: HOUR })).toBe('expired');
  });

  test('that was requeued waits anew', () => {
    const since = { metadata: { annotations: { 'kpimailer.io/queued-since': '2026-05-04T12:30:00Z' } } };
    expect(jobStands([REQUEUE], { after: HOUR })).toBe('waiting');
    expect(jobStands([since], { after: HOUR })).toBe('waiting');
    expect(jobStands([since], { after: 1.5 * HOUR })).toBe('expired');
  });

  test.each([
    ['its creation', {}, MADE_AT],
    [
      'the time at which it was put back',
      { 'kpimailer.io/queued-since': '2026-05-04T12:30:00Z' },
      MADE_AT + HOUR / 2,
    ],
    ['now, where that is nonsense', { 'kpimailer.io/queued-since': 'soon' }, MADE_AT + HOUR],
  ])('waits since %s', (_what, annotations, expected) => {
    expect(queuedSince(exampleJob('a', { metadata: { annotations } }), MADE_AT + HOUR)).toBe(expected);
  });
});

describe('a QlikExecution', () => {
  const saysNo = (reason: string): Json => ({
    status: { conditions: [{ type: 'Admitted', status: 'False', reason }] },
  });

  test.each<[string, Json, string]>([
    ['without a status waits', {}, 'waiting'],
    ['that is admitted runs', HELD, 'running'],
    [
      'that is being deleted runs as long as it holds its slot',
      { ...HELD, metadata: { deletionTimestamp: MADE } },
      'running',
    ],
    ['that is being deleted is not admitted any more', { metadata: { deletionTimestamp: MADE } }, 'ended'],
    ['that has expired stays so', EXPIRED, 'expired'],
    [
      'that has expired stays so, whatever its condition says',
      { status: { ...(HELD['status'] as Json), expiredTime: MADE } },
      'expired',
    ],
    ['whose pod has ended stays so', saysNo('Ended'), 'ended'],
    ['that has waited for too long stays so', saysNo('Expired'), 'expired'],
    ['that the API server refused stays so', saysNo('Invalid'), 'refused'],
    ['that was wider than an earlier limit waits', saysNo('WiderThanLimit'), 'waiting'],
    ['wider than the limit is refused', { spec: { slots: 3 } }, 'refused'],
  ])('%s', (_what, change, expected) => {
    expect(standingOfExecution(exampleExecution('a', change), RULES, MADE_AT).kind).toBe(expected);
  });
});
