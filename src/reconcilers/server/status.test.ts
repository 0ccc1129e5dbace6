import { expect, test } from 'vitest';
import { exampleServer } from '../../../test/integration/server/examples.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { ApiRequest } from '../../kubernetes/rest.ts';
import { Store } from '../../kubernetes/store.ts';
import { StatusWriter } from './status.ts';

const server = exampleServer({}, { metadata: { resourceVersion: '17' } });
const STATUS = { observedGeneration: 1 };

function writerTo(answer: (request: ApiRequest) => unknown) {
  const store = new Store<QlikServer>();
  store.set(server);
  const request = <T>(asked: ApiRequest) => Promise.resolve(asked).then((each) => answer(each) as T);
  return { store, writer: new StatusWriter({ request }, store) };
}

test('a status goes with the uid and the version it is about, and its answer into the store', async () => {
  const sent: ApiRequest[] = [];
  const updated = { ...server, status: STATUS, metadata: { ...server.metadata, resourceVersion: '18' } };
  const { store, writer } = writerTo((request) => {
    sent.push(request);
    return updated;
  });
  expect(await writer.write(server, STATUS)).toBe('written');
  const { name, namespace, uid } = server.metadata;
  expect(sent).toMatchObject([
    { method: 'PUT', body: { metadata: { name, namespace, uid, resourceVersion: '17' }, status: STATUS } },
  ]);
  expect(store.get('kpi/finance')).toBe(updated);
});

test.each([
  [409, 'conflict'],
  [404, 'gone'],
])('an answer of %i is no error, and changes nothing here', async (code, written) => {
  const { store, writer } = writerTo(() => {
    throw new ApiError(code, '', '');
  });
  expect(await writer.write(server, STATUS)).toBe(written);
  expect(store.get('kpi/finance')).toBe(server);
});
