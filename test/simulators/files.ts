import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudTenant } from './cloud/tenant.ts';
import type { OnPremiseSite } from './onpremise/site.ts';

/** Files in a private temporary folder. */
export interface Files {
  readonly folder: string;
  /** Removes the folder. */
  readonly remove: () => Promise<void>;
}

/** A site's keys as files. */
export interface SiteFiles extends Files {
  readonly clientPfx: string;
  readonly password: string;
  readonly trust: string;
  readonly siteCa: string;
  readonly corporateCa: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

/** A tenant's authority and client secret as files. */
export interface TenantFiles extends Files {
  readonly trust: string;
  readonly clientSecret: string;
}

/** Writes what a person needs to reach the site. */
export async function writeSiteFiles(site: OnPremiseSite): Promise<SiteFiles> {
  const { write, ...files } = await makeFolder();
  return {
    ...files,
    clientPfx: await write('client.pfx', site.clientPfx),
    password: await write('password', site.clientPfxPassword),
    trust: await write('ca.crt', site.siteCa + site.corporateCa),
    siteCa: await write('root.pem', site.siteCa),
    corporateCa: await write('corporate.pem', site.corporateCa),
    clientCert: await write('client.pem', site.clientCertPem),
    clientKey: await write('client_key.pem', site.clientKeyPem),
  };
}

/** Writes what a person needs to reach the tenant. */
export async function writeTenantFiles(tenant: CloudTenant): Promise<TenantFiles> {
  const { write, ...files } = await makeFolder();
  return {
    ...files,
    trust: await write('ca.crt', tenant.ca),
    clientSecret: await write('clientSecret', tenant.clientSecret),
  };
}

async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'qlik-simulator-'));
  return {
    folder,
    remove: () => rm(folder, { recursive: true, force: true }),
    write: async (name: string, content: string | Buffer): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, content, { mode: 0o600 });
      return path;
    },
  };
}
