import { createPrivateKey } from 'node:crypto';
import type { OnPremiseSite } from '../../simulators/onpremise/site.ts';

/** Shorter parts of a secret occur by chance. */
const WINDOW = 16;

/** Everything secret that a test file has used, and the search for any of it. */
export class Needles {
  readonly #whole = new Map<string, string>();
  /** Every window of the long secrets, with the name of the secret. */
  readonly #windows = new Map<string, string>();

  /** The secrets of a site: its password, its PKCS#12 files and its private key. */
  addSite(site: OnPremiseSite): void {
    this.add('password', Buffer.from(site.clientPfxPassword));
    this.#addWindows('private key', secretPartOf(site.clientKeyPem));
    for (const [name, pfx] of Object.entries({ pfx: site.clientPfxWithAuthority, foreign: site.foreignPfx }))
      this.#addWindows(name, pfx.toString('base64'));
  }

  /** A short secret, raw and in its usual encodings. */
  add(name: string, secret: Buffer): void {
    const raw = secret.toString('utf8');
    for (const text of [raw, encodeURIComponent(raw), secret.toString('base64'), secret.toString('hex')])
      this.#whole.set(text, name);
  }

  /** A long secret; any 16 characters in a row of it are one. */
  addLong(name: string, secret: string): void {
    for (const text of [secret, Buffer.from(secret).toString('base64')]) this.#addWindows(name, text);
  }

  get size(): number {
    return this.#whole.size + this.#windows.size;
  }

  /** Names of the secrets of which the text has a part, each with what is around it. */
  in(text: string): string[] {
    const found = new Map<string, number>();
    for (const [needle, name] of this.#whole) {
      const at = text.indexOf(needle);
      if (at >= 0) found.set(name, at);
    }
    for (let at = 0; at + WINDOW <= text.length; at += 1) {
      const name = this.#windows.get(text.slice(at, at + WINDOW));
      if (name !== undefined && !found.has(name)) found.set(name, at);
    }
    return [...found].map(([name, at]) => `${name}: …${text.slice(Math.max(0, at - 80), at)}[here]`);
  }

  #addWindows(name: string, text: string): void {
    for (let at = 0; at + WINDOW <= text.length; at += 1) {
      this.#windows.set(text.slice(at, at + WINDOW), name);
    }
  }
}

/** That part of the base64 in a PEM file of an EC key that is not its algorithm or its public key. */
function secretPartOf(pem: string): string {
  const body = pem.replaceAll(/-----[^-]+-----|\s/gu, '');
  const scalar = Buffer.from(createPrivateKey(pem).export({ format: 'jwk' }).d ?? '', 'base64url');
  const start = Buffer.from(body, 'base64').indexOf(scalar);
  return body.slice(Math.ceil(start / 3) * 4, Math.floor((start + scalar.length) / 3) * 4);
}
