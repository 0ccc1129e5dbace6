/** Name under which a site is reached: the only one its certificates hold, beside {@link SECOND_HOST}. */
export const HOST = 'localhost';

/** Name of the second proxy node, and where the site redirects to: no name service is needed for it. */
export const SECOND_HOST = '127.0.0.1';

/** A node of the site as a service status refers to it. */
export interface NodeReference {
  readonly id: string;
  readonly name: string;
  readonly hostName: string;
}

const cluster = {
  id: 'c0a5e3d1-7f0e-4f6b-8a58-2c7f3f0a9b11',
  name: 'ServiceCluster',
  privileges: null,
} as const;

/** The central node, which also runs the engine. */
export const CENTRAL: NodeReference = {
  id: '8817d7ab-e9b2-4816-8332-f8cb869b27c2',
  name: 'Central',
  hostName: HOST,
};

/** The other proxy node. */
export const SECOND: NodeReference = {
  id: '8817d7ab-e9b2-4816-8332-f8cb869b27c3',
  name: 'Proxy 2',
  hostName: SECOND_HOST,
};

/** The central node in the list of a virtual proxy. */
export const LOAD_BALANCING_NODE = {
  ...CENTRAL,
  temporaryfilepath: '',
  roles: [],
  serviceCluster: cluster,
  privileges: null,
} as const;

/** A node as the configuration of a proxy service. */
export function nodeConfiguration(node: NodeReference): object {
  const isCentral = node.id === CENTRAL.id;
  return {
    ...node,
    isCentral,
    nodePurpose: 0,
    engineEnabled: isCentral,
    proxyEnabled: true,
    printingEnabled: isCentral,
    schedulerEnabled: isCentral,
    serviceCluster: cluster,
    roles: [],
    privileges: null,
  };
}
