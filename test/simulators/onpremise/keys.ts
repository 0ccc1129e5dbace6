import { randomBytes } from 'node:crypto';
import { issue, type BundleRequest, type KeyPair, type Validity } from '../../pki/pki.ts';
import { HOST, SECOND_HOST } from './records/node.ts';

/** Server certificates: of the site's CA, of the corporate CA, of one that nobody trusts, and two faulty ones of the site. */
export type ServerCertificate = 'site' | 'corporate' | 'stranger' | 'expired' | 'wrongName';

/** Everything secret about a site, made anew at each start. */
export interface SiteKeys {
  readonly siteCa: string;
  readonly siteAuthority: KeyPair;
  readonly corporateCa: string;
  readonly servers: Readonly<Record<ServerCertificate, KeyPair>>;
  readonly client: KeyPair;
  readonly clientPfx: Buffer;
  readonly clientPfxWithAuthority: Buffer;
  readonly clientPfxLegacy: Buffer;
  readonly foreignClient: KeyPair;
  readonly foreignPfx: Buffer;
  readonly password: string;
}

/** Makes the keys of a site. */
export async function makeSiteKeys(): Promise<SiteKeys> {
  const password = randomBytes(18).toString('base64url');
  const server = { commonName: HOST, dnsNames: [HOST], ipAddresses: [SECOND_HOST], usage: 'server' } as const;
  const client = { commonName: 'QlikClient', usage: 'client' } as const;
  const { authorities, certificates } = await issue({
    authorities: {
      site: { commonName: `${HOST}-CA` },
      corporate: { commonName: 'Corporate Issuing CA' },
      stranger: { commonName: 'stranger-CA' },
    },
    certificates: {
      siteServer: { ...server, issuer: 'site' },
      corporateServer: { ...server, issuer: 'corporate' },
      strangerServer: { ...server, issuer: 'stranger' },
      expiredServer: {
        ...server,
        issuer: 'site',
        notBefore: new Date('2020-01-01T00:00:00Z'),
        notAfter: new Date('2021-01-01T00:00:00Z'),
      },
      wrongNameServer: { commonName: 'qs1', dnsNames: ['qs1'], usage: 'server', issuer: 'site' },
      client: {
        ...client,
        issuer: 'site',
        bundles: {
          plain: { password },
          chained: { password, withAuthority: true },
          legacy: { password, encoder: 'legacyRC2' },
        },
      },
      foreign: { ...client, issuer: 'stranger', bundles: { plain: { password } } },
    },
  });
  return {
    siteCa: authorities.site.cert,
    siteAuthority: authorities.site,
    corporateCa: authorities.corporate.cert,
    servers: {
      site: certificates.siteServer,
      corporate: certificates.corporateServer,
      stranger: certificates.strangerServer,
      expired: certificates.expiredServer,
      wrongName: certificates.wrongNameServer,
    },
    client: certificates.client,
    clientPfx: certificates.client.bundles.plain,
    clientPfxWithAuthority: certificates.client.bundles.chained,
    clientPfxLegacy: certificates.client.bundles.legacy,
    foreignClient: certificates.foreign,
    foreignPfx: certificates.foreign.bundles.plain,
    password,
  };
}

/** Another client certificate of a site, with its authority, under the password of all its files. */
export async function exportClient(
  { siteAuthority, password }: SiteKeys,
  { encoder = 'modern2023', ...validity }: Validity & Pick<BundleRequest, 'encoder'> = {},
): Promise<Buffer> {
  const { certificates } = await issue({
    authorities: { site: { existing: siteAuthority } },
    certificates: {
      client: {
        ...validity,
        commonName: 'QlikClient',
        usage: 'client',
        issuer: 'site',
        bundles: { file: { password, encoder, withAuthority: true } },
      },
    },
  });
  return certificates.client.bundles.file;
}
