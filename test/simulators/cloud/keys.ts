import { issue, type KeyPair } from '../../pki/pki.ts';

/** The host name that a tenant is known by. */
export const HOST = 'localhost';

/** Another name of the same tenant. A client that sends credentials there has followed a link it should not. */
export const ALIAS = '127.0.0.1';

/** The certificates of a tenant, made anew at each start. */
export interface TenantKeys {
  /** PEM of the authority in the role of a public one. */
  readonly ca: string;
  readonly trusted: KeyPair;
  /** Of an authority that nobody knows. */
  readonly untrusted: KeyPair;
}

/** Makes the keys of a tenant. */
export async function makeTenantKeys(): Promise<TenantKeys> {
  const server = { commonName: HOST, dnsNames: [HOST], ipAddresses: [ALIAS], usage: 'server' } as const;
  const { authorities, certificates } = await issue({
    authorities: { known: { commonName: 'Public Root CA' }, stranger: { commonName: 'stranger-CA' } },
    certificates: { trusted: { ...server, issuer: 'known' }, untrusted: { ...server, issuer: 'stranger' } },
  });
  return {
    ca: authorities.known.cert,
    trusted: certificates.trusted,
    untrusted: certificates.untrusted,
  };
}
