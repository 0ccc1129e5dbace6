const LIMIT = 200;
const MEDIA_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}(?![^\s;])/u;

/** What may be shown of a response from outside: its status and, of a short plain text, the text. */
export function describeResponse(response: {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}): string {
  const type = typeOf(response.headers['content-type']);
  return `HTTP ${response.status} (${type})${titleOf(response.body, type)}`;
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
  const line = (title ?? '')
    .replaceAll(/[^\x20-\x7e]+/gu, ' ')
    .trim()
    .slice(0, LIMIT);
  return line === '' ? '' : `: ${line}`;
}
