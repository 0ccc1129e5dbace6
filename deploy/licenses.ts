import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type BundledPackage, bundledPackages } from './bundled-packages.ts';

/**
 * The licences of every package in the bundle. The bundle itself has no comments of theirs, yet most allow copies only
 * together with their text.
 */
export function thirdPartyLicenses(): string {
  return bundledPackages()
    .map((one) => `${one.name} ${one.version}: ${one.license}\n\n${textOf(one)}`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function textOf({ name, license, folder }: BundledPackage): string {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/iu.test(file));
  // Whoever publishes with the Unlicense asks for nothing.
  if (files.length === 0 && license !== 'Unlicense')
    throw new Error(`${name} comes without the text of its licence, ${license}`);
  return files.map((file) => readFileSync(path.join(folder, file), 'utf8')).join('\n');
}

if (import.meta.main) process.stdout.write(thirdPartyLicenses());
