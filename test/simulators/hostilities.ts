import { gzipSync } from 'node:zlib';
import type { Hostility } from './hostile-server.ts';

const JSON_TYPE = 'content-type: application/json\r\n';
const MEGABYTE = 1024 * 1024;

/** A whole answer. */
export function answer(status: number, type: string, body: string | Buffer, headers = ''): Buffer {
  const bytes = Buffer.from(body as string);
  const head = `HTTP/1.1 ${status} Hostile\r\ncontent-type: ${type}\r\n${headers}content-length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** As fast as the other side takes it, for as long as it does. */
export const endlessBody: Hostility = (socket) => {
  const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`);
  socket.write(`HTTP/1.1 200 OK\r\n${JSON_TYPE}transfer-encoding: chunked\r\n\r\n`);
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
};

/** Whatever it is, a byte a second. */
const dripping =
  (text: string): Hostility =>
  (socket) => {
    const bytes = text.split('');
    const timer = setInterval(() => {
      const byte = bytes.shift();
      if (byte === undefined || socket.destroyed) clearInterval(timer);
      else socket.write(byte);
    }, 1000);
    socket.on('close', () => clearInterval(timer));
  };

export const slowHead: Hostility = dripping(`HTTP/1.1 200 OK\r\n${JSON_TYPE}content-length: 2\r\n\r\n{}`);

export const slowBody: Hostility = (socket, request) => {
  socket.write(`HTTP/1.1 200 OK\r\n${JSON_TYPE}content-length: 1000\r\n\r\n`);
  dripping(' '.repeat(1000))(socket, request);
};

/** 8 MB of headers: some servers send a few kB of cookies, none that. */
export const hugeHead: Hostility = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\n');
  for (let number = 0; number < 128; number += 1) socket.write(`x-${number}: ${'x'.repeat(64 * 1024)}\r\n`);
  socket.write('content-length: 0\r\n\r\n');
};

/** A hundred kilobytes that become a hundred megabytes, though nobody asked for compression. */
export const gzipBomb: Hostility = (socket) => {
  bomb ??= gzipSync(Buffer.alloc(100 * MEGABYTE));
  socket.write(answer(200, 'application/json', bomb, 'content-encoding: gzip\r\n'));
};
let bomb: Buffer | undefined;

export const truncatedJson: Hostility = (socket) => {
  socket.write(answer(200, 'application/json', '{"buildVersion": "31.60.0.0", "schemaPath": "Abo'));
};

export const longTitle: Hostility = (socket) => {
  socket.write(answer(200, 'text/html', `<html><title>${'title '.repeat(MEGABYTE / 2)}</title></html>`));
};

/** To the same path of another server. */
export const redirectTo =
  (elsewhere: string): Hostility =>
  (socket, { target }) => {
    socket.write(answer(302, 'text/html', '', `location: ${elsewhere}${target}\r\n`));
  };
