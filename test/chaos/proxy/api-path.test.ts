import { expect, test } from 'vitest';
import { parseApiPath } from './api-path.ts';

test.each([
  ['/api/v1/namespaces', { resource: 'namespaces' }],
  ['/api/v1/namespaces/a', { resource: 'namespaces', name: 'a' }],
  ['/api/v1/namespaces/a/status', { resource: 'namespaces', name: 'a', subresource: 'status' }],
  ['/api/v1/namespaces/a/secrets', { resource: 'secrets', namespace: 'a' }],
  ['/api/v1/namespaces/a/secrets/b', { resource: 'secrets', namespace: 'a', name: 'b' }],
  ['/apis/kpimailer.io/v1alpha1/qlikservers', { resource: 'qlikservers' }],
  [
    '/apis/kpimailer.io/v1alpha1/namespaces/a/qlikservers/b/status',
    { resource: 'qlikservers', namespace: 'a', name: 'b', subresource: 'status' },
  ],
  ['/api/v1/nodes/n', { resource: 'nodes', name: 'n' }],
  ['/api/v1', {}],
  ['/apis/apps/v1', {}],
  ['/readyz', {}],
])('%s', (path, expected) => {
  expect(parseApiPath(path)).toEqual(expected);
});
