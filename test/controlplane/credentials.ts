import { generateKeyPair, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Secrets of one control plane: made at run time, in its own folder, and gone with it. */
export interface Credentials {
  /** Bearer token of a user in `system:masters`. */
  readonly token: string;
  /** Bearer tokens of further users, by name. */
  readonly userTokens: Readonly<Record<string, string>>;
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
}

/** Makes the tokens of the admin and of further users (name → groups), and the key that signs service account tokens. */
export async function createCredentials(
  folder: string,
  users: Readonly<Record<string, readonly string[]>> = {},
): Promise<Credentials> {
  const token = newToken();
  const userTokens = Object.fromEntries(Object.keys(users).map((name) => [name, newToken()]));
  const lines = Object.entries(users).map(([name, groups]) =>
    [userTokens[name], name, name, `"${groups.join(',')}"`].join(','),
  );
  const tokenFile = join(folder, 'tokens.csv');
  const serviceAccountKeyFile = join(folder, 'service-account.key');
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  await writeFile(tokenFile, `${token},admin,admin,"system:masters"\n${lines.join('\n')}\n`, { mode: 0o600 });
  await writeFile(serviceAccountKeyFile, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  return { token, userTokens, tokenFile, serviceAccountKeyFile };
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}
