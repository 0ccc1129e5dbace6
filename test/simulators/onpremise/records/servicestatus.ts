import type { QlikRecord } from '../filter/property.ts';
import { CREATED } from './created.ts';
import { NODE_REFERENCE } from './node.ts';

const running = 2;
const serviceTypes = { repository: 0, proxy: 1, engine: 3 };

/** Repository, proxy and engine of the one node, all running. */
export function serviceStatuses(): readonly QlikRecord[] {
  return Object.values(serviceTypes).map(serviceStatus);
}

function serviceStatus(serviceType: number): QlikRecord {
  return {
    id: `6b3f7c52-51de-4e0e-9d0b-7a1c2e4f5a0${serviceType}`,
    ...CREATED,
    serverNodeConfiguration: NODE_REFERENCE,
    serviceType,
    serviceState: running,
    timestamp: '2025-10-10T08:00:00.000Z',
    privileges: null,
    schemaPath: 'ServiceStatus',
  };
}
