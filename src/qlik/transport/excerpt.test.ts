import { describe, expect, test } from 'vitest';
import { describeResponse } from './excerpt.ts';

const response = (type: string | undefined, body: string, status = 400) =>
  describeResponse({ status, headers: type === undefined ? {} : { 'content-type': type }, body });

describe('describeResponse', () => {
  test.each([
    [
      'of a page its title alone',
      'text/html; charset=utf-8',
      '<html><title>Error 502</title><p>secret</p>',
      'HTTP 400 (text/html): Error 502',
    ],
    ['of a page without a title nothing', 'text/html', '<p>secret</p>', 'HTTP 400 (text/html)'],
    ['of JSON nothing', 'application/json', '{"title":"secret"}', 'HTTP 400 (application/json)'],
    ['of other types nothing', 'application/octet-stream', 'secret', 'HTTP 400 (application/octet-stream)'],
    [
      'of plain text the text',
      'text/plain',
      'Invalid expression',
      'HTTP 400 (text/plain): Invalid expression',
    ],
    [
      'no control or escape characters',
      'text/plain',
      'a\u0000b\r\n\u001b[31mc\u202ed\t ',
      'HTTP 400 (text/plain): a b [31mc d',
    ],
    ['no type where there is none', undefined, 'secret', 'HTTP 400 (no content type)'],
    [
      'the type in lower case',
      'Text/HTML;charset=utf-8',
      '<TITLE>Oops</TITLE>',
      'HTTP 400 (text/html): Oops',
    ],
    ['no type that is none', 'text/plain\u001b[31m', 'secret', 'HTTP 400 (an odd content type)'],
    ['no type of any length', `text/${'x'.repeat(5_000)}`, 'secret', 'HTTP 400 (an odd content type)'],
  ])('shows %s', (_what, type, body, expected) => {
    expect(response(type, body)).toBe(expected);
  });

  test.each(['text/plain', 'text/html'])('shows at most 200 characters of %s', (type) => {
    const long = 'x'.repeat(100_000);
    const shown = response(type, type === 'text/html' ? `<title>${long}</title>` : long);
    expect(shown).toBe(`HTTP 400 (${type}): ${'x'.repeat(200)}`);
  });
});
