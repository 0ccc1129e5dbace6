import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:net';

/** Below the range from which systems take ports of outgoing connections, so that a closed one stays free. */
const ports = { from: 20_000, to: 32_000 };

/** Lets a server listen on this port of 127.0.0.1, or on a free one if it is 0. Returns the port. */
export async function listen(server: Server, port: number): Promise<number> {
  if (port !== 0) {
    await listenOn(server, port);
    return port;
  }
  const candidate = randomInt(ports.from, ports.to);
  return (await listensOn(server, candidate)) ? candidate : listen(server, 0);
}

/** Tries to listen on this port; false if it is taken. */
async function listensOn(server: Server, port: number): Promise<boolean> {
  try {
    await listenOn(server, port);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return false;
  }
}

async function listenOn(server: Server, port: number): Promise<void> {
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  await listening;
}
