/** Name under which a site is reached: the only one its certificates hold, beside 127.0.0.1. */
export const HOST = 'localhost';

const condensed = { id: '8817d7ab-e9b2-4816-8332-f8cb869b27c2', name: 'Central', hostName: HOST } as const;
const cluster = {
  id: 'c0a5e3d1-7f0e-4f6b-8a58-2c7f3f0a9b11',
  name: 'ServiceCluster',
  privileges: null,
} as const;

/** The central node, which also runs the engine, as a service status refers to it. */
export const NODE_REFERENCE = condensed;

/** The same node in the list of a virtual proxy. */
export const LOAD_BALANCING_NODE = {
  ...condensed,
  temporaryfilepath: '',
  roles: [],
  serviceCluster: cluster,
  privileges: null,
} as const;

/** The same node as the configuration of a proxy service. */
export const NODE_CONFIGURATION = {
  ...condensed,
  isCentral: true,
  nodePurpose: 0,
  engineEnabled: true,
  proxyEnabled: true,
  printingEnabled: true,
  schedulerEnabled: true,
  serviceCluster: cluster,
  roles: [],
  privileges: null,
} as const;
