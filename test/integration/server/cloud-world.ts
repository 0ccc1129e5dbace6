import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { type CloudOptions, type CloudTenant, startCloudTenant } from '../../simulators/cloud/tenant.ts';
import type { Json } from './api.ts';
import { type LabParts, Place } from './place.ts';

/** A namespace with a Qlik Cloud tenant of its own; the Secret of the client is `client`. */
export class CloudWorld extends Place implements AsyncDisposable {
  readonly tenant: CloudTenant;

  private constructor(lab: LabParts, namespace: string, tenant: CloudTenant) {
    super(lab, namespace);
    this.tenant = tenant;
  }

  /** Trust and Secret, but no server yet. */
  static async create(
    lab: LabParts,
    options: CloudOptions & { readonly secret?: string } = {},
  ): Promise<CloudWorld> {
    const tenant = await startCloudTenant(options);
    const world = new CloudWorld(lab, await Place.make(lab), tenant);
    await world.createTrust(tenant.ca);
    await world.addSecret('client', { clientSecret: options.secret ?? tenant.clientSecret });
    return world;
  }

  /** Everything that a working server needs, and the server `qlik`. */
  static async withServer(
    lab: LabParts,
    options: CloudOptions & { readonly secret?: string; readonly wishes?: Json } = {},
  ): Promise<CloudWorld> {
    const world = await CloudWorld.create(lab, options);
    await world.createServer(options.wishes);
    return world;
  }

  createServer({ checks, cloud, appSync, ...rest }: Json = {}, name = 'qlik'): Promise<QlikServer> {
    const { tenantUrl, clientId } = this.tenant;
    return this.addServer(
      {
        type: 'Cloud',
        trust: [{ configMapKeyRef: { name: 'trust' } }],
        ...rest,
        checks: { interval: '1h', retryInterval: '1h', ...(checks as Json | undefined) },
        appSync: { enabled: false, ...(appSync as Json | undefined) },
        cloud: {
          tenantUrl,
          clientId,
          clientSecret: { secretKeyRef: { name: 'client' } },
          ...(cloud as Json | undefined),
        },
      },
      name,
    );
  }

  replaceSecret(clientSecret: string): Promise<unknown> {
    return this.editSecret('client', { clientSecret });
  }

  /** Requests the tenant has seen, of any kind. */
  get requests(): number {
    return Object.values(this.tenant.counters.requests).reduce((sum, count) => sum + count, 0);
  }

  get tokenRequests(): number {
    return this.tenant.requests('POST /oauth/token');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tenant.stop();
  }
}
