const LIMIT = 200;

/** What may be shown of a response from outside: its status and, of a short plain text, the text. */
export function describeResponse(response: {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}): string {
  const type = String(response.headers['content-type'] ?? 'no content type').split(';')[0];
  return `HTTP ${response.status} (${type})${titleOf(response.body, type)}`;
}

/** Remote bodies are not ours: of a page only its title is shown, of JSON nothing, of plain text its beginning. */
function titleOf(body: string, type: string | undefined): string {
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
