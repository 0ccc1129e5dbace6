import { CREDENTIALS_LABEL } from '../../../src/api/group.ts';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { until } from '../../controlplane/until.ts';
import {
  type OnPremiseOptions,
  type OnPremiseSite,
  startOnPremiseSite,
} from '../../simulators/onpremise/site.ts';
import { type Json, PATHS } from './api.ts';
import { type LabParts, PATIENCE, Place } from './place.ts';

/** What of a spec a test sets; `checks` and `onPremise` are merged into the usual ones. */
export interface Wishes extends Json {
  readonly checks?: Json;
  readonly onPremise?: Json;
  /** Off, unless a test wants it. */
  readonly appSync?: Json;
}

interface SecretContents {
  readonly pfx?: Buffer;
  readonly password?: string;
}

/** A namespace with a Qlik site of its own, and what a user does there. */
export class World extends Place implements AsyncDisposable {
  readonly site: OnPremiseSite;

  private constructor(lab: LabParts, namespace: string, site: OnPremiseSite) {
    super(lab, namespace);
    this.site = site;
  }

  /** In the namespace given, else in a fresh one. */
  static async create(
    lab: LabParts,
    { namespace, ...options }: OnPremiseOptions & { readonly namespace?: string } = {},
  ): Promise<World> {
    const site = await startOnPremiseSite(options);
    lab.needles.addSite(site);
    return new World(lab, namespace ?? (await Place.make(lab)), site);
  }

  /** Secret, ConfigMap and QlikServer that work, called `client`, `trust` and `qlik`. */
  static async withServer(
    lab: LabParts,
    { wishes, ...options }: Parameters<typeof World.create>[1] & { readonly wishes?: Wishes } = {},
  ): Promise<World> {
    const world = await World.create(lab, options);
    await world.createSecret();
    await world.createTrust();
    await world.createServer(wishes);
    return world;
  }

  createSecret(contents: SecretContents & { readonly labelled?: boolean } = {}): Promise<unknown> {
    const { pfx = this.site.clientPfxWithAuthority, password, labelled = true } = contents;
    return this.lab.api.create(PATHS.secrets(this.namespace), {
      metadata: {
        name: 'client',
        ...(labelled ? { labels: { [CREDENTIALS_LABEL.name]: CREDENTIALS_LABEL.value } } : {}),
      },
      data: this.#secretData({ pfx, ...(password === undefined ? {} : { password }) }),
    });
  }

  replaceSecret(contents: SecretContents): Promise<unknown> {
    return this.lab.api.patch(`${PATHS.secrets(this.namespace)}/client`, {
      data: this.#secretData(contents),
    });
  }

  override createTrust(pem = `${this.site.siteCa}${this.site.corporateCa}`): Promise<unknown> {
    return super.createTrust(pem);
  }

  replaceTrust(pem = `${this.site.siteCa}${this.site.corporateCa}`): Promise<unknown> {
    return this.lab.api.patch(`${PATHS.configMaps(this.namespace)}/trust`, { data: { 'ca.crt': pem } });
  }

  createServer(wishes: Wishes = {}, name = 'qlik'): Promise<QlikServer> {
    return this.addServer(this.#spec(wishes), name);
  }

  /** Polls until the site has been asked `count` times more for what every check asks first. */
  async seeRequests(count: number): Promise<void> {
    const from = this.site.requests('GET /qrs/about');
    await until(
      `${count} requests more`,
      () => this.site.requests('GET /qrs/about') >= from + count,
      PATIENCE,
    );
  }

  /** Requests the site has answered, of any kind. */
  get requests(): number {
    return Object.values(this.site.counters.requests).reduce((sum, count) => sum + count, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site.stop();
  }

  #secretData({ pfx, password = this.site.clientPfxPassword }: SecretContents): Json {
    this.lab.needles.add('password', Buffer.from(password));
    return {
      ...(pfx === undefined ? {} : { 'client.pfx': pfx.toString('base64') }),
      password: Buffer.from(password).toString('base64'),
    };
  }

  #spec({ checks, onPremise, appSync, ...rest }: Wishes): Json {
    const { serverUrl, serviceAccount, repositoryPort } = this.site;
    return {
      type: 'OnPremise',
      trust: [{ configMapKeyRef: { name: 'trust' } }],
      ...rest,
      // So rarely that nothing happens by itself, unless a test wants it.
      checks: { interval: '1h', retryInterval: '1h', ...checks },
      appSync: { enabled: false, ...appSync },
      onPremise: {
        serverUrl,
        userDirectory: serviceAccount.userDirectory,
        serviceAccountUser: serviceAccount.userId,
        clientCertificate: { pkcs12: { secretName: 'client' } },
        repositoryService: { port: repositoryPort },
        ...onPremise,
      },
    };
  }
}
