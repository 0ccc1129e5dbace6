import { findCondition } from '../../../src/api/conditions.ts';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { until } from '../../controlplane/until.ts';
import { type Api, PATHS } from '../../integration/server/api.ts';
import type { Responder } from '../responder/responder.ts';

/** So rarely that nothing happens by itself. */
const RARELY = { interval: '1h', retryInterval: '1h' };
const PATIENCE = { deadlineMs: 120_000, everyMs: 300 };

/** Creates QlikServers with these limits by name; resolves when all are Ready. */
export async function createServers(
  api: Api,
  {
    namespace,
    responder,
    limits,
  }: {
    readonly namespace: string;
    readonly responder: Responder;
    readonly limits: Readonly<Record<string, number>>;
  },
): Promise<void> {
  for (const [name, limit] of Object.entries(limits)) {
    await api.create(PATHS.servers(namespace), {
      apiVersion: 'kpimailer.io/v1alpha1',
      kind: 'QlikServer',
      metadata: { name },
      spec: { ...responder.spec, checks: RARELY, maxParallelExecutions: limit },
    });
  }
  const areReady = async (): Promise<boolean> => {
    const { items } = await api.get<{ readonly items: readonly QlikServer[] }>(PATHS.servers(namespace));
    return items.every(({ status }) => findCondition(status?.conditions ?? [], 'Ready')?.status === 'True');
  };
  await until('all servers are Ready', areReady, PATIENCE);
}
