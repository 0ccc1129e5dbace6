import type { Faults } from '../faults.ts';
import type { QlikRecord } from '../filter/property.ts';
import { CREATED } from './created.ts';
import { CENTRAL, type NodeReference, SECOND } from './node.ts';

const running = 2;
const disabled = 4;
const serviceTypes = { repository: 0, proxy: 1, engine: 3 } as const;

type Service = keyof typeof serviceTypes;

/** Repository, proxy and engine of the central node, repository and proxy of the second one; all running unless a fault says otherwise. */
export function serviceStatuses(faults: Faults): readonly QlikRecord[] {
  const second = faults.secondProxyNode === false ? [] : (['repository', 'proxy'] as const);
  return [
    ...(['repository', 'proxy', 'engine'] as const).map((service) => status(CENTRAL, service, faults)),
    ...second.map((service) => status(SECOND, service, faults)),
  ];
}

function status(node: NodeReference, service: Service, faults: Faults): QlikRecord {
  const stopped = faults.secondNodeStopped && node.id === SECOND.id && service === 'proxy';
  const state = stopped ? disabled : faults[`${service}State`];
  const { id: nodeId, name, hostName } = node;
  return {
    id: `6b3f7c52-51de-4e0e-9d0b-7a1c2e4f5${nodeId.slice(-1)}0${serviceTypes[service]}`,
    ...CREATED,
    serverNodeConfiguration: { id: nodeId, name, hostName },
    serviceType: serviceTypes[service],
    serviceState: state === false ? running : state,
    timestamp: '2025-10-10T08:00:00.000Z',
    privileges: null,
    schemaPath: 'ServiceStatus',
  };
}
