import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { parseWatchEvent } from './watch-event.ts';

const object = { metadata: { name: 'a', uid: 'u', resourceVersion: '7' } };

test.each([
  ['ADDED', 'seen'],
  ['MODIFIED', 'seen'],
  ['DELETED', 'deleted'],
])('%s is an object %s', (type, kind) => {
  expect(parseWatchEvent(JSON.stringify({ type, object }))).toEqual({ kind, object });
});

test.each([
  [undefined, false],
  [{ 'k8s.io/initial-events-end': 'true' }, true],
  [{ 'k8s.io/initial-events-end': 'false' }, false],
])('a bookmark annotated with %o ends the initial events: %s', (annotations, endsInitialEvents) => {
  const line = JSON.stringify({
    type: 'BOOKMARK',
    object: { metadata: { resourceVersion: '9', annotations } },
  });
  expect(parseWatchEvent(line)).toEqual({ kind: 'bookmark', resourceVersion: '9', endsInitialEvents });
});

test('ERROR is thrown as the status that it carries', () => {
  const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
  const parse = () => parseWatchEvent(JSON.stringify({ type: 'ERROR', object: status }));
  expect(parse).toThrow(new ApiError(410, 'Expired', 'too old'));
  expect(parse).toThrow(expect.objectContaining({ code: 410, reason: 'Expired' }));
});

test('ERROR without a word is an internal error', () => {
  expect(() => parseWatchEvent('{"type":"ERROR","object":{}}')).toThrow(
    expect.objectContaining({ code: 500, reason: '', message: 'the watch ended with an error' }),
  );
});

test('an event of another type is refused with its name', () => {
  expect(() => parseWatchEvent('{"type":"PATCHED","object":{}}')).toThrow('unknown type "PATCHED"');
});
