import type { Reply } from '../http/message.ts';

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** A plain text answer: the form of all QRS and QPS errors. */
export function text(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}

/** A web page. `size` pads it to at least that many bytes. */
export function page(status: number, title: string, size = 0): Reply {
  const filling = '<p>Qlik Sense</p>\n'.repeat(Math.ceil(size / 18));
  const body = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1>\n${filling}</body></html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** A redirect that must not be followed with credentials. */
export function redirect(location: string): Reply {
  return { status: 302, headers: { location, 'content-type': 'text/html' }, body: '' };
}
