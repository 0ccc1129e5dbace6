import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { pkiProgram } from './build.ts';

/** Algorithm of a key. `ecP256` is the fast default; `rsa1024` is for proving that weak keys are refused. */
export type KeyType = 'ecP256' | 'rsa1024' | 'rsa2048';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a root authority and a leaf have in common. */
export interface Validity {
  readonly keyType?: KeyType;
  /** Default: an hour ago. */
  readonly notBefore?: Date;
  /** Default: in a year. */
  readonly notAfter?: Date;
}

/** A new self-signed root, or one of an earlier answer that shall issue again (for renewals). */
export type AuthorityRequest = (Validity & { readonly commonName: string }) | { readonly existing: KeyPair };

/** A PKCS#12 (.pfx) file of a certificate. */
export interface BundleRequest {
  readonly password: string;
  /** `modern2023` (AES-256, the default), `legacyDES` (3DES, SHA-1) or `legacyRC2` (RC2-40, which OpenSSL 3 refuses). */
  readonly encoder?: 'modern2023' | 'legacyDES' | 'legacyRC2';
  /** Puts the issuing authority into the file. Default: false. */
  readonly withAuthority?: boolean;
  /** Leaves the private key out, as an export without the "secrets key" does. Default: false. */
  readonly withoutPrivateKey?: boolean;
  /** Of each key derivation. Default: 2,048, or 2,000 for the old ciphers. */
  readonly iterations?: number;
}

/** A leaf certificate. */
export interface CertificateRequest<Authority extends string = string> extends Validity {
  readonly commonName: string;
  /** Name of the issuing authority in the same request. Absent: the certificate signs itself. */
  readonly issuer?: Authority;
  /** Without DNS names and addresses the certificate has a common name only. */
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Extended key usage; `other` is neither server nor client. */
  readonly usage: 'server' | 'client' | 'other';
  readonly bundles?: Readonly<Record<string, BundleRequest>>;
}

/** A leaf as made: PEM texts, the certificate of its issuer, and the PKCS#12 files by the names of the request. */
export interface IssuedCertificate<Bundle extends string = string> extends KeyPair {
  readonly ca: string;
  readonly bundles: Readonly<Record<Bundle, Buffer>>;
}

/** What one call of {@link issue} shall make, by names of your choice. */
export interface IssueRequest<Authority extends string, Certificates> {
  readonly authorities: Readonly<Record<Authority, AuthorityRequest>>;
  readonly certificates: Certificates & Readonly<Record<string, CertificateRequest<NoInfer<Authority>>>>;
}

/** Names of the PKCS#12 files that a request asks for. */
export type BundleNames<Request> = Request extends { readonly bundles: infer Bundles }
  ? keyof Bundles & string
  : never;

/** Everything that one call of {@link issue} made, under the names of the request. */
export interface Issued<Authority extends string, Certificates> {
  readonly authorities: Readonly<Record<Authority, KeyPair>>;
  readonly certificates: {
    readonly [Name in keyof Certificates]: IssuedCertificate<BundleNames<Certificates[Name]>>;
  };
}

/** Makes authorities, certificates and PKCS#12 files in one process call. Nothing is written to disk. */
export async function issue<Authority extends string, const Certificates>(
  request: IssueRequest<Authority, Certificates>,
): Promise<Issued<Authority, Certificates>> {
  const answer = JSON.parse(await run(await pkiProgram(), JSON.stringify(request))) as Answer;
  for (const certificate of Object.values(answer.certificates)) {
    certificate.bundles = decodeAll(certificate.bundles as Record<string, string>);
  }
  return answer as unknown as Issued<Authority, Certificates>;
}

interface Answer {
  certificates: Record<string, { bundles: Record<string, string | Buffer> }>;
}

function decodeAll(bundles: Record<string, string>): Record<string, Buffer> {
  return Object.fromEntries(
    Object.entries(bundles).map(([name, content]) => [name, Buffer.from(content, 'base64')]),
  );
}

async function run(program: string, request: string): Promise<string> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.end(request);
  const [output, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) {
    throw new Error(`Cannot issue test certificates: ${complaint.trim()}`);
  }
  return output;
}
