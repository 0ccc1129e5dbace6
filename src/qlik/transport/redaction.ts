import { LRUCache } from 'lru-cache';

const MASK = '[redacted]';

/** Shorter values occur by chance; a password of three letters protects nothing. */
const SHORTEST = 4;
/** In text from outside this many characters of a secret in a row are taken for it. */
const WINDOW = 16;

/** Removes secrets from text before it reaches a log, an event or a status. */
export type Redact = (text: string) => string;

/** Texts whose redacted form is kept: a check says the same things each time, and to look through them takes a while. */
const REMEMBERED = 16;

/** The same again and again for the same secrets. */
export function redactor(secrets: readonly Buffer[]): Redact {
  const known = new LRUCache<string, string>({
    max: REMEMBERED,
    memoMethod: (text) => redact(text, secrets),
  });
  return (text) => known.memo(text);
}

/** Takes secrets out of a text: whole values, raw and encoded, and parts of them of 16 characters and more. */
export function redact(text: string, secrets: readonly Buffer[]): string {
  // Encoded only when there is text to look at: a thousand servers must not each keep six copies of a file.
  return needlesOf(secrets).reduce(
    (masked, needle) => maskParts(masked.replaceAll(needle, MASK), needle),
    text,
  );
}

function needlesOf(secrets: readonly Buffer[]): string[] {
  return [...new Set(secrets.flatMap(encodings))]
    .filter((needle) => needle.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

function encodings(secret: Buffer): string[] {
  const raw = secret.toString('utf8');
  const texts = [raw, raw.trim()].flatMap((text) => [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
  ]);
  const hex = secret.toString('hex');
  const base64 = secret.toString('base64');
  // Some leave the padding out, some write hex in capitals.
  const encoded = [base64, base64.replace(/=+$/u, ''), secret.toString('base64url'), hex, hex.toUpperCase()];
  return [...texts, ...encoded];
}

/** Looks for windows of the text in the needle, as the text is short and the needle may be a whole file. */
function maskParts(text: string, needle: string): string {
  if (needle.length < WINDOW) return text;
  for (let start = 0; start + WINDOW <= text.length; start += 1) {
    if (!needle.includes(text.slice(start, start + WINDOW))) continue;
    let end = start + WINDOW;
    while (end < text.length && needle.includes(text.slice(start, end + 1))) end += 1;
    return text.slice(0, start) + MASK + maskParts(text.slice(end), needle);
  }
  return text;
}
