import { expect, test } from 'vitest';
import { nodeModule, Parts, sourcePart } from './part.ts';

test.for([
  ['node:internal/tls/wrap', 'node:tls'],
  ['node:tls', 'node:tls'],
  ['node:_http_client', 'node:http_client'],
  ['node:internal/streams/readable', 'node:streams'],
] as const)('%s is of %s', ([url, expected]) => {
  expect(nodeModule(url)).toBe(expected);
});

test.for([
  ['../../src/qlik/transport/dial.ts', 'src/qlik'],
  ['../../src/main.ts', 'src/main.ts'],
  ['../../node_modules/undici/lib/core/request.js', 'undici'],
  ['../../node_modules/@scope/name/src/index.js', '@scope/name'],
] as const)('%s is of %s', ([path, expected]) => {
  expect(sourcePart(path)).toBe(expected);
});

test.for([
  ['writeLatin1String', '', undefined],
  ['wasm-function[20]', 'wasm://wasm/00034eea', undefined],
  ['(garbage collector)', '', '(garbage collector)'],
  ['TLSSocket._start', 'node:internal/tls/wrap', 'node:tls'],
] as const)('a frame of %s in "%s" is of %s', ([functionName, url, expected]) => {
  expect(new Parts().of({ functionName, url, lineNumber: 0, columnNumber: 0 })).toBe(expected);
});
