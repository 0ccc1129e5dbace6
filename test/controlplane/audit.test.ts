import { expect, it } from 'vitest';
import { auditEntries } from './audit.ts';
import { startControlPlane } from './start.ts';

it('writes down who did what, and whether it was allowed', async () => {
  await using controlPlane = await startControlPlane({ audit: true, users: { reader: [] } });
  await controlPlane.kubectl(['create', 'configmap', 'made']);
  await controlPlane.kubectl(['get', 'configmaps', `--kubeconfig=${controlPlane.kubeconfigs['reader']}`]);
  const entries = auditEntries(controlPlane);
  const created = entries.filter(({ verb, objectRef }) => verb === 'create' && objectRef?.name === 'made');
  expect(created).toMatchObject([
    {
      user: { username: 'admin' },
      objectRef: { resource: 'configmaps', namespace: 'default' },
      responseStatus: { code: 201 },
    },
  ]);
  const read = entries.filter(({ user }) => user.username === 'reader');
  expect(read.filter(({ objectRef }) => objectRef?.resource === 'configmaps')).toMatchObject([
    {
      verb: 'list',
      responseStatus: { code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    },
  ]);
  const times = entries.map(({ requestReceivedTimestamp }) => requestReceivedTimestamp);
  expect(times).toEqual([...times].sort());
});
