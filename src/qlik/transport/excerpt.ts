import type { Redact } from './redaction.ts';

const LIMIT = 200;
const MEDIA_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}(?![^\s;])/u;

/** What may be shown of a response from outside: its status and, of a short plain text, the text. */
export function describeResponse(response: {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Takes out what the answer repeats of its request. */
  readonly redact?: Redact;
}): string {
  const type = typeOf(response.headers['content-type']);
  const title = titleOf(response.body, type);
  const shown = response.redact === undefined ? title : response.redact(title);
  return `HTTP ${response.status} (${type})${shown === '' ? '' : `: ${shown}`}`;
}

/** Controls, also of the direction of writing, halves of characters, and what is no character. */
const UNSHOWN = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** What may be shown of a text from outside: one line of it, without what a terminal would act on. */
export function excerptOf(text: string, limit = LIMIT): string {
  return text.replaceAll(UNSHOWN, ' ').trim().slice(0, limit);
}

/** The media type, if the header holds one: it too comes from outside. */
function typeOf(header: string | string[] | undefined): string {
  if (header === undefined) return 'no content type';
  return MEDIA_TYPE.exec(String(header))?.[0].toLowerCase() ?? 'an odd content type';
}

/** Remote bodies are not ours: of a page only its title is shown, of JSON nothing, of plain text its beginning. */
function titleOf(body: string, type: string): string {
  const title =
    type === 'text/html'
      ? /<title>([^<]*)<\/title>/iu.exec(body)?.[1]
      : type === 'text/plain'
        ? body
        : undefined;
  return excerptOf(title ?? '');
}
