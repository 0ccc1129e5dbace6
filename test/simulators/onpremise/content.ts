import { apps } from './records/app.ts';
import type { Faults } from './faults.ts';
import type { QlikRecord } from './filter/property.ts';
import { HOST } from './records/node.ts';
import { proxyServices, type SitePorts } from './records/proxyservice.ts';
import { serviceStatuses } from './records/servicestatus.ts';
import { users, type UserRecord } from './records/user.ts';
import { type VirtualProxyRecord, virtualProxies } from './records/virtualproxy.ts';

/** What the repository of a site holds under its present faults. */
export class Content {
  readonly #faults: () => Faults;
  readonly #ports: () => SitePorts;

  constructor(faults: () => Faults, ports: () => SitePorts) {
    this.#faults = faults;
    this.#ports = ports;
  }

  /** All users. */
  users(): readonly UserRecord[] {
    return users(this.#faults());
  }

  /** Virtual proxies that a proxy service serves. */
  linkedVirtualProxies(): readonly VirtualProxyRecord[] {
    const { virtualProxyUnlinked } = this.#faults();
    return virtualProxies(this.#faults()).filter(({ prefix }) => !(virtualProxyUnlinked && prefix !== ''));
  }

  /** Full records of a type as QRS names it in its path; undefined if there is no such type. */
  collection(type: string): readonly QlikRecord[] | undefined {
    switch (type) {
      case 'app':
        return apps();
      case 'proxyservice':
        return proxyServices(
          this.#ports(),
          this.linkedVirtualProxies(),
          this.#faults().foreignProxyHost ? 'proxy.elsewhere.example' : HOST,
        );
      case 'servicestatus':
        return serviceStatuses();
      case 'user':
        return this.users();
      case 'virtualproxyconfig':
        return virtualProxies(this.#faults());
      default:
        return undefined;
    }
  }
}
