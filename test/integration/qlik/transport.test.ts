import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { QlikError, type Failure } from '../../../src/qlik/failure.ts';
import type { Endpoint } from '../../../src/qlik/transport/endpoint.ts';
import { HttpSession, type HttpResponse } from '../../../src/qlik/transport/http.ts';
import { ANY_TARGET } from '../../../src/qlik/transport/target-policy.ts';
import { issue } from '../../pki/pki.ts';

function makeCertificates() {
  const server = { commonName: 'localhost', dnsNames: ['localhost'], issuer: 'ca', usage: 'server' } as const;
  return issue({
    authorities: { ca: { commonName: 'test-CA' } },
    certificates: {
      good: server,
      commonNameOnly: { commonName: 'localhost', issuer: 'ca', usage: 'server' },
      forClients: { ...server, usage: 'client' },
      future: {
        ...server,
        notBefore: new Date('2090-01-01T00:00:00Z'),
        notAfter: new Date('2091-01-01T00:00:00Z'),
      },
      selfSigned: { commonName: 'localhost', dnsNames: ['localhost'], usage: 'server' },
    },
  });
}

type Certificates = Awaited<ReturnType<typeof makeCertificates>>['certificates'];
let certificates: Certificates;
let ca: string;
beforeAll(async () => {
  const issued = await makeCertificates();
  certificates = issued.certificates;
  ca = issued.authorities.ca.cert;
});

const servers = new Map<Server, Set<Socket>>();
afterEach(() => {
  for (const [server, sockets] of servers) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
  servers.clear();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  servers.set(server, sockets);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A TLS server that does one thing with each connection. */
function tlsServer(name: keyof Certificates, act: (socket: Socket) => void): Promise<number> {
  const { cert, key } = certificates[name];
  return listen(
    createTlsServer({ cert, key }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => act(socket));
    }),
  );
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';
const answer = (text: string) => (socket: Socket) => socket.write(text);

interface Question extends Partial<Endpoint> {
  readonly signal?: AbortSignal;
  readonly responseTimeout?: number;
}

async function ask(port: number, question: Question = {}): Promise<HttpResponse> {
  const { signal = new AbortController().signal, responseTimeout = 30_000, ...endpoint } = question;
  const usual: Endpoint = {
    host: 'localhost',
    port,
    secureContext: createSecureContext({ ca }),
    presentsClientCertificate: true,
    verify: true,
    policy: ANY_TARGET,
  };
  await using session = new HttpSession({ ...usual, ...endpoint }, signal, responseTimeout);
  return await session.request({ method: 'GET', path: '/' });
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => new Error('there was no failure'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof QlikError) return error.failure;
  throw error;
}

describe('the certificate of a server', () => {
  test.each(['good', 'commonNameOnly'] as const)('%s is accepted', async (name) => {
    expect(await ask(await tlsServer(name, answer(OK)))).toMatchObject({ status: 200, body: '{}' });
  });

  test.each<[keyof Certificates, string, string]>([
    [
      'forClients',
      'ServerCertificateInvalid',
      'its certificate "CN=localhost" is not valid (INVALID_PURPOSE)',
    ],
    [
      'future',
      'ServerCertificateInvalid',
      'its certificate "CN=localhost" is not valid (CERT_NOT_YET_VALID)',
    ],
    ['selfSigned', 'UnknownCA', 'its certificate is issued by "CN=localhost", which is not trusted'],
  ])('%s is refused, and no byte is sent', async (name, kind, detail) => {
    let asked = false;
    const port = await tlsServer(name, () => {
      asked = true;
    });
    expect(await failure(ask(port))).toEqual({ kind, phase: 'tls', endpoint: `localhost:${port}`, detail });
    expect(asked).toBe(false);
  });

  test('for another name is refused by host and by address, and accepted by its name', async () => {
    const port = await tlsServer('good', answer(OK));
    const detail = 'its certificate is for "DNS:localhost"';
    expect(await failure(ask(port, { host: '127.0.0.1' }))).toMatchObject({
      kind: 'HostnameMismatch',
      detail,
    });
    expect(await failure(ask(port, { tlsServerName: 'qs1' }))).toMatchObject({
      kind: 'HostnameMismatch',
      detail,
    });
    expect((await ask(port, { host: '127.0.0.1', tlsServerName: 'localhost' })).status).toBe(200);
    expect((await ask(port, { host: '127.0.0.1', verify: false })).status).toBe(200);
  });
});

describe('what listens is not Qlik', () => {
  test('plain HTTP is not TLS', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await failure(ask(port))).toMatchObject({
      kind: 'NotTls',
      phase: 'tls',
      endpoint: `localhost:${port}`,
      detail: 'the server does not speak TLS 1.2 or newer on this port',
    });
  });

  test('old TLS is not TLS', async () => {
    const { cert, key } = certificates.good;
    const old = {
      cert,
      key,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    const server = createTlsServer(old);
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    const port = await listen(server);
    expect(await failure(ask(port))).toMatchObject({ kind: 'NotTls', phase: 'tls' });
  });

  test('a name that does not exist', async () => {
    const seen = await failure(ask(4242, { host: 'qlik.invalid' }));
    expect(['DnsNotFound', 'DnsTemporary']).toContain(seen.kind);
    expect(seen).toMatchObject({ phase: 'dns', endpoint: 'qlik.invalid:4242' });
  });

  test('a server that is silent after the connection: the handshake is what does not end', async () => {
    const port = await listen(createTcpServer());
    for (const responseTimeout of [100, 30_000]) {
      const signal = AbortSignal.timeout(100);
      expect(await failure(ask(port, { signal, responseTimeout }))).toEqual({
        kind: 'ConnectTimeout',
        phase: 'tls',
        endpoint: `localhost:${port}`,
        detail: 'the TLS handshake does not end',
      });
    }
  });
});

test('the connection is closed when the session is over', async () => {
  const closed = Promise.withResolvers<void>();
  const port = await tlsServer('good', (socket) => {
    socket.once('close', () => closed.resolve());
    socket.write(OK);
  });
  await ask(port);
  const from = performance.now();
  await closed.promise;
  expect(performance.now() - from).toBeLessThan(1_000); // one that is only idle is closed after 4 s
});

describe('an answer', () => {
  test('that is cut after its beginning does not blame the client certificate', async () => {
    const port = await tlsServer('good', (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{', () => socket.destroy());
    });
    expect(await failure(ask(port))).toMatchObject({ kind: 'ConnectionFailed', phase: 'http' });
  });

  test.each([
    [true, 'ClientCertificateRejected'],
    [false, 'ConnectionFailed'],
  ])('that never begins blames it where one is presented (%s)', async (presentsClientCertificate, kind) => {
    const port = await tlsServer('good', (socket) => socket.destroy());
    expect(await failure(ask(port, { presentsClientCertificate }))).toMatchObject({ kind, phase: 'http' });
  });

  test('that never ends is given up', async () => {
    const port = await tlsServer('good', answer('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{'));
    expect(await failure(ask(port, { responseTimeout: 300 }))).toMatchObject({
      kind: 'ResponseTimeout',
      phase: 'http',
      detail: 'no answer to the request in time',
    });
  });

  test('that is too long is not read', async () => {
    const port = await tlsServer('good', (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.write('x'.repeat(6 * 1024 * 1024));
    });
    expect(await failure(ask(port))).toMatchObject({
      kind: 'UnexpectedResponse',
      detail: 'the answer is longer than 4194304 bytes',
    });
  });

  test('that redirects is not followed', async () => {
    const port = await tlsServer(
      'good',
      answer('HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n'),
    );
    expect((await ask(port)).status).toBe(302);
  });
});
