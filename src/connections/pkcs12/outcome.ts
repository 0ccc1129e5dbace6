/** What the child is asked. */
export interface OpenRequest {
  readonly id: number;
  readonly pfx: Buffer;
  readonly passphrase: string;
  /** Whether the contents are wanted, though OpenSSL could use the file as it is. */
  readonly asPem: boolean;
}

/** PEM of what was in a file. */
export interface Converted {
  readonly key: string;
  /** The certificate of the key. */
  readonly certificate: string;
  /** All other certificates of the file. */
  readonly authorities: readonly string[];
}

/** Why a file does not open. */
export type FailureKind =
  | 'wrongPassword'
  | 'unsupportedCipher'
  | 'noPrivateKey'
  | 'noCertificate'
  | 'tooWeak'
  | 'unreadable'
  | 'tooExpensive';

/** How an attempt to open a PKCS#12 file ended. */
export type Outcome =
  /** OpenSSL opens it, fast enough to be asked again where the secure context is needed. */
  | { readonly kind: 'native' }
  | { readonly kind: 'converted'; readonly converted: Converted }
  | { readonly kind: 'failed'; readonly failure: FailureKind };

/** What the child answers; without `outcome`: it is ready to be asked. */
export interface OpenAnswer {
  readonly id?: number;
  readonly outcome?: Outcome;
}
