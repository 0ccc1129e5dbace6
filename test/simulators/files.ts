import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnPremiseSite } from './onpremise/site.ts';

/** A site's keys as files in a private temporary folder. */
export interface SiteFiles {
  readonly folder: string;
  readonly clientPfx: string;
  readonly password: string;
  readonly trust: string;
  readonly siteCa: string;
  readonly corporateCa: string;
  readonly clientCert: string;
  readonly clientKey: string;
  /** Removes the folder. */
  readonly remove: () => Promise<void>;
}

/** Writes what a person needs to reach the site. */
export async function writeSiteFiles(site: OnPremiseSite): Promise<SiteFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'qlik-simulator-'));
  const write = async (name: string, content: string | Buffer): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  return {
    folder,
    clientPfx: await write('client.pfx', site.clientPfx),
    password: await write('password', site.clientPfxPassword),
    trust: await write('ca.crt', site.siteCa + site.corporateCa),
    siteCa: await write('root.pem', site.siteCa),
    corporateCa: await write('corporate.pem', site.corporateCa),
    clientCert: await write('client.pem', site.clientCertPem),
    clientKey: await write('client_key.pem', site.clientKeyPem),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
