import { describe, expect, test } from 'vitest';
import { entryOf, exampleJob, exampleLedger, LEDGERS } from '../../../test/fakes/execution-examples.ts';
import { KEY, LEDGER_PATH } from '../../../test/fakes/example-gate.ts';
import { ObjectApi } from '../../../test/fakes/object-api.ts';
import type { QlikExecutionLedger } from '../../api/qlikexecutionledger.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import { Ledgers } from './ledgers.ts';

const entry = entryOf(exampleJob('a'));

/** A ledger in the cluster, and an operator that has read it. */
async function read() {
  const api = new ObjectApi();
  api.add(LEDGERS, exampleLedger());
  const ledgers = new Ledgers(api.client, 'qlik-operator');
  return { api, ledgers, ledger: (await ledgers.get(KEY))! };
}

const entriesIn = (api: ObjectApi) =>
  (api.get(LEDGER_PATH) as QlikExecutionLedger | undefined)?.ledger.entries;

describe('a ledger', () => {
  test('is made in the namespace of the operator, after its server, owned by nobody and not ready', async () => {
    const api = new ObjectApi();
    await new Ledgers(api.client, 'qlik-operator').create(KEY);
    const { metadata, ledger } = api.get(LEDGER_PATH) as QlikExecutionLedger;
    expect(metadata).toEqual({
      name: 'kpi.finance',
      namespace: 'qlik-operator',
      labels: { 'kpimailer.io/qlik-server': 'finance', 'kpimailer.io/qlik-server-namespace': 'kpi' },
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      generation: 1,
    });
    expect(ledger).toEqual({ formatVersion: 1, limit: 0, entries: [] });
  });

  test('that another operator has made meanwhile is gone on with', async () => {
    const { api, ledger } = await read();
    expect(await new Ledgers(api.client, 'qlik-operator').create(KEY)).toEqual(ledger);
  });

  test('is read once, and then known from what was written', async () => {
    const { api, ledgers, ledger } = await read();
    const written = await ledgers.cas(KEY, ledger, { ...ledger.ledger, entries: [entry] });
    expect(await ledgers.get(KEY)).toEqual(written);
    expect(api.log.filter((request) => request.startsWith('GET'))).toHaveLength(1);
  });

  test('is known by its server, also when that is gone', async () => {
    const { api } = await read();
    const ledgers = new Ledgers(api.client, 'qlik-operator');
    expect(await ledgers.list()).toEqual([KEY]);
    expect(ledgers.mayExist(KEY)).toBe(true);
  });
});

describe('a write', () => {
  test('fails if anybody else has written since, and then the ledger is read anew', async () => {
    const { api, ledgers, ledger } = await read();
    api.edit(LEDGER_PATH, { ledger: { entries: [entry] } });
    expect(await ledgers.cas(KEY, ledger, { ...ledger.ledger, limit: 9 })).toBeUndefined();
    expect(entriesIn(api)).toEqual([entry]);
    expect((await ledgers.get(KEY))?.ledger.entries).toEqual([entry]);
  });

  test('whose answer is lost is not taken for done, nor for not done', async () => {
    const { api, ledgers, ledger } = await read();
    api.onRequest = ({ method }, when) => {
      if (method === 'PUT' && when === 'after') throw new Error('connection reset');
    };
    const write = ledgers.cas(KEY, ledger, { ...ledger.ledger, entries: [entry] });
    await expect(write).rejects.toThrow('connection reset');
    expect((await ledgers.get(KEY))?.ledger.entries).toEqual([entry]);
  });

  test('that the API server refuses is an error', async () => {
    const { api, ledgers, ledger } = await read();
    api.onRequest = ({ method }) => {
      if (method === 'PUT') throw new ApiError(422, 'Invalid', 'weight');
    };
    await expect(ledgers.cas(KEY, ledger, ledger.ledger)).rejects.toMatchObject({ code: 422 });
  });
});

describe('to remove a ledger', () => {
  test('takes it away', async () => {
    const { api, ledgers, ledger } = await read();
    await ledgers.remove(KEY, ledger);
    expect([api.get(LEDGER_PATH), ledgers.mayExist(KEY)]).toEqual([undefined, false]);
  });

  test('that somebody has written to meanwhile leaves it', async () => {
    const { api, ledgers, ledger } = await read();
    api.edit(LEDGER_PATH, { ledger: { entries: [entry] } });
    await ledgers.remove(KEY, ledger);
    expect(entriesIn(api)).toEqual([entry]);
  });
});
