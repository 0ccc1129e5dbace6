import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Access, kubeconfig } from '../../controlplane/kubeconfig.ts';
import { issue } from '../../pki/pki.ts';
import type { Heal } from './connection.ts';
import { Connections } from './connections.ts';
import type { Faults } from './faults.ts';
import type { RequestRecord } from './request-record.ts';
import { Service } from './service.ts';
import { Upstream } from './upstream.ts';

export interface FaultProxyOptions {
  /** The API server, and the user whose kubeconfig is made. */
  readonly upstream: Access;
  /** What is left to chance is the same again with the same seed. */
  readonly seed: number;
  /** Where the kubeconfig is put, such as the folder of the control plane, with which it goes. */
  readonly folder: string;
  /** What the API server takes the client for, and names as the manager of what it writes. @default what it says */
  readonly userAgent?: string;
}

/** Starts a proxy on a free port of 127.0.0.1, with a certificate of its own. */
export async function startFaultProxy({
  upstream,
  seed,
  folder,
  userAgent,
}: FaultProxyOptions): Promise<FaultProxy> {
  const { certificates } = await issue({
    authorities: { ca: { commonName: 'fault proxy CA' } },
    certificates: {
      server: { commonName: 'fault proxy', issuer: 'ca', ipAddresses: ['127.0.0.1'], usage: 'server' },
    },
  });
  const { cert, key, ca } = certificates.server;
  const connections = new Connections();
  const service = new Service(connections, new Upstream(upstream.url, upstream.ca, userAgent), seed);
  // Time-outs are the business of the two ends.
  const tls = createServer({ cert, key, keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
  tls.on('request', (request, response) => void service.serve(request, response));
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  const port = await connections.listen((tls.address() as AddressInfo).port);
  const access = { url: `https://127.0.0.1:${port}`, ca, token: upstream.token };
  const path = join(folder, `proxy-${port}.kubeconfig`);
  await writeFile(path, kubeconfig(access), { mode: 0o600 });
  return new FaultProxy({ access, kubeconfig: path, tls, connections, service });
}

interface Parts {
  readonly access: Access;
  readonly kubeconfig: string;
  readonly tls: Server;
  readonly connections: Connections;
  readonly service: Service;
}

/** An API server behind a network and a server on which something is wrong at will. */
export class FaultProxy implements Access, AsyncDisposable {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  /** Path of a kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  /** What goes wrong with requests. */
  readonly faults: Faults;
  /** Everything that was asked so far, oldest first. */
  readonly requests: readonly RequestRecord[];
  readonly #parts: Parts;

  constructor(parts: Parts) {
    ({ url: this.url, ca: this.ca, token: this.token } = parts.access);
    this.kubeconfig = parts.kubeconfig;
    this.faults = parts.service.faults;
    this.requests = parts.service.requests;
    this.#parts = parts;
  }

  /** Resets so many of the next connections; by default all, until told 0. */
  refuseConnections(times = Infinity): void {
    this.#parts.connections.refuse(times);
  }

  /**
   * From now on no open connection passes anything, neither bytes nor FIN nor RST, in either direction. New ones hang
   * as well, if asked, or else work.
   */
  partition({ hangsNew }: { readonly hangsNew: boolean }): void {
    this.#parts.connections.partition(hangsNew);
  }

  /** Ends a partition, and the silence of connections that have met the fault `halfOpen`. */
  heal(heldBack: Heal): void {
    this.#parts.connections.heal(heldBack);
  }

  /** Switches everything off; what a partition has held back is reset. */
  repair(): void {
    this.faults.off();
    this.refuseConnections(0);
    this.heal('reset');
  }

  /** Ends all connections. */
  async stop(): Promise<void> {
    const { connections, tls, service } = this.#parts;
    await connections.close();
    tls.close();
    tls.closeAllConnections();
    service.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
