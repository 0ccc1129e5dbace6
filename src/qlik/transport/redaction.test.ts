import { array, assert, constantFrom, nat, oneof, property, string, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactor } from './redaction.ts';

const encodings: Readonly<Record<string, (secret: Buffer) => string>> = {
  raw: (secret) => secret.toString('utf8'),
  base64: (secret) => secret.toString('base64'),
  'base64 without padding': (secret) => secret.toString('base64').replace(/=+$/u, ''),
  base64url: (secret) => secret.toString('base64url'),
  hex: (secret) => secret.toString('hex'),
  'HEX in capitals': (secret) => secret.toString('hex').toUpperCase(),
  'percent-encoded': (secret) => encodeURIComponent(secret.toString('utf8')),
  'inside JSON': (secret) => JSON.stringify(secret.toString('utf8')).slice(1, -1),
};

/** Secrets as they are: text of any script, or the bytes of a file. Letters of the mask alone would never go away. */
const text = string({ minLength: 4, maxLength: 80, unit: 'grapheme' })
  .filter((value) => value.trim().length >= 4 && !'[redacted]'.includes(value.trim()))
  .map((value) => Buffer.from(value));
const bytes = uint8Array({ minLength: 16, maxLength: 200 }).map((value) => Buffer.from(value));
const secrets = array(oneof(text, bytes), { minLength: 1, maxLength: 3 });
/** Digits and spaces around it never belong to a secret's encoding by chance in these tests' alphabet. */
const around = string({ unit: constantFrom('.', ' ', '~', '\n'), maxLength: 40 });

describe('redactor', () => {
  test.each(Object.keys(encodings))('no secret survives whole: %s', (name) => {
    assert(
      property(secrets, around, around, (values, before, after) => {
        const redact = redactor(values);
        for (const secret of values) {
          const shown = encodings[name]!(secret);
          if (shown.trim().length < 4) continue;
          expect(redact(`${before}${shown}${after}`)).not.toContain(shown);
        }
      }),
    );
  });

  test.each(Object.keys(encodings))('no 16 characters in a row of a secret survive: %s', (name) => {
    assert(
      property(secrets, nat(), nat(), (values, at, length) => {
        const redact = redactor(values);
        for (const secret of values) {
          const shown = encodings[name]!(secret).trim();
          if (shown.length < 16) continue;
          const start = at % (shown.length - 15);
          const part = shown.slice(start, start + 16 + (length % 40));
          const out = redact(`<<< ${part} >>>`);
          for (let i = 0; i + 16 <= part.length; i += 1) expect(out).not.toContain(part.slice(i, i + 16));
        }
      }),
    );
  });

  test('text without a secret is left alone', () => {
    const texts = string({ unit: constantFrom('a', 'b', 'c', ' ', 'd', 'e', 'f', '.'), maxLength: 200 });
    const other = string({
      unit: constantFrom('X', 'Y', 'Z', '0', '1', '8', '9'),
      minLength: 4,
      maxLength: 60,
    });
    assert(
      property(texts, array(other, { maxLength: 3 }), (ordinary, values) => {
        expect(redactor(values.map((value) => Buffer.from(value)))(ordinary)).toBe(ordinary);
      }),
    );
  });

  test('the text around a secret stays readable', () => {
    const redact = redactor([Buffer.from('p4ssw0rd')]);
    expect(redact('user svc, password p4ssw0rd, refused')).toBe('user svc, password [redacted], refused');
  });

  test('a secret with a line end is found without it', () => {
    const redact = redactor([Buffer.from('p4ssw0rd\n')]);
    expect(redact('tried p4ssw0rd and p4ssw0rd\n!')).toBe('tried [redacted] and [redacted]!');
  });

  test('what is shorter than four characters is left alone, as it is everywhere', () => {
    expect(redactor([Buffer.from('abc'), Buffer.alloc(0)])('abc of it')).toBe('abc of it');
  });

  test('fifteen characters of a longer secret are left alone', () => {
    const secret = 'abcdefghijklmnopqrstuvwxyz';
    expect(redactor([Buffer.from(secret)])(secret.slice(0, 15))).toBe('abcdefghijklmno');
    expect(redactor([Buffer.from(secret)])(secret.slice(5, 21))).toBe('[redacted]');
  });

  test('several pieces of a file in one text are all removed', () => {
    const file = Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index * 7919) % 251));
    const base64 = file.toString('base64');
    const redact = redactor([file]);
    expect(redact(`one ${base64.slice(100, 140)} two ${base64.slice(900, 930)} end`)).toBe(
      'one [redacted] two [redacted] end',
    );
  });

  test('a long text and a large secret end soon', () => {
    const file = Buffer.alloc(64 * 1024, 'x');
    expect(redactor([file])('y'.repeat(2_000))).toBe('y'.repeat(2_000));
  });
});

test('without secrets nothing is removed', () => {
  expect(redactor([])('as it is')).toBe('as it is');
});
