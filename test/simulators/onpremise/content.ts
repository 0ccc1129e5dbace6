import type { Apps } from './apps.ts';
import type { Faults } from './faults.ts';
import type { QlikRecord } from './filter/property.ts';
import { CENTRAL, type NodeReference, SECOND } from './records/node.ts';
import { type ProxyPorts, proxyService } from './records/proxyservice.ts';
import { serviceStatuses } from './records/servicestatus.ts';
import { users, type UserRecord } from './records/user.ts';
import { type VirtualProxyRecord, virtualProxies } from './records/virtualproxy.ts';

/** The proxy nodes of a site. */
export type NodeName = 'central' | 'second';

/** What a site's content depends on. */
export interface ContentParts {
  readonly faults: () => Faults;
  readonly apps: Apps;
  readonly ports: (node: NodeName) => ProxyPorts;
}

/** What the repository of a site holds under its present faults. */
export class Content {
  readonly #parts: ContentParts;
  readonly #collections: Readonly<Record<string, () => readonly QlikRecord[]>> = {
    app: () => this.#parts.apps.all,
    proxyservice: () => this.#proxyServices(),
    servicestatus: () => serviceStatuses(this.#parts.faults()),
    stream: () => this.#parts.apps.streams,
    user: () => this.users(),
    virtualproxyconfig: () => virtualProxies(this.#parts.faults()),
  };

  constructor(parts: ContentParts) {
    this.#parts = parts;
  }

  /** All users. */
  users(): readonly UserRecord[] {
    return users(this.#parts.faults());
  }

  /** Virtual proxies that are linked to the proxy service of a node. */
  linkedTo(node: NodeName): readonly VirtualProxyRecord[] {
    const faults = this.#parts.faults();
    const { virtualProxyUnlinked, secondProxyNode } = faults;
    const elsewhere = node === 'central' && secondProxyNode === 'only';
    return virtualProxies(faults).filter(
      ({ prefix }) => prefix === '' || !(virtualProxyUnlinked || elsewhere),
    );
  }

  /** Virtual proxies that the browser side of a node serves: without a link to Central, none that has a prefix. */
  servedBy(node: NodeName): readonly VirtualProxyRecord[] {
    if (this.#parts.faults().linkToCentralOptional) return this.linkedTo(node);
    const central = new Set(this.linkedTo('central').map(({ id }) => id));
    return this.linkedTo(node).filter(({ id }) => central.has(id));
  }

  /** Full records of a type as QRS names it in its path; undefined if there is no such type. */
  collection(type: string): readonly QlikRecord[] | undefined {
    return Object.hasOwn(this.#collections, type) ? this.#collections[type]?.() : undefined;
  }

  #proxyServices(): readonly QlikRecord[] {
    const { foreignProxyHost, secondProxyNode } = this.#parts.faults();
    const central = foreignProxyHost ? { ...CENTRAL, hostName: 'proxy.elsewhere.example' } : CENTRAL;
    const service = (name: NodeName, node: NodeReference): QlikRecord =>
      proxyService(node, this.#parts.ports(name), this.linkedTo(name));
    return [service('central', central), ...(secondProxyNode === false ? [] : [service('second', SECOND)])];
  }
}
