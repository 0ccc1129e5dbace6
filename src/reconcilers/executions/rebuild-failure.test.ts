import { expect, test } from 'vitest';
import type { QlikExecutionLedger } from '../../api/qlikexecutionledger.ts';
import type { Job } from './job.ts';
import type { Ledgers } from './ledgers.ts';
import type { Listings } from './listings.ts';
import type { Pods } from './pods.ts';
import { Rebuilds } from './rebuild.ts';
import type { Writes } from './writes.ts';

/** Something of which only this is used. */
function stub<T>(used: Partial<T>): T {
  return used as T;
}

test('nothing is touched unless all could be read: nobody would hear of a touch that fails', async () => {
  const waits = stub<Job>({
    metadata: stub<Job['metadata']>({
      uid: 'j',
      name: 'waits',
      namespace: 'kpi',
      labels: { 'kpimailer.io/qlik-server': 'finance' },
    }),
    spec: { suspend: true, template: {} },
  });
  const touched: string[] = [];
  const rebuilds = new Rebuilds({
    ledgers: stub<Ledgers>({}),
    listings: stub<Listings>({
      jobs: () => Promise.resolve([waits]),
      executions: () => Promise.reject(new Error('the term is over')),
    }),
    writes: stub<Writes>({
      touchJob: (job) => {
        touched.push(job.metadata.name);
        return Promise.resolve(job);
      },
    }),
    pods: stub<Pods>({}),
    readServer: () => Promise.resolve(undefined),
    now: () => 0,
  });
  const ledger = stub<QlikExecutionLedger>({
    metadata: { uid: 'l', name: 'kpi.finance', namespace: 'qlik-operator', resourceVersion: '1' },
  });
  await expect(rebuilds.goOn('kpi/finance', ledger)).rejects.toThrow('the term is over');
  expect(touched).toEqual([]);
});
