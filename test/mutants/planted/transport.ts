import type { Mutant } from '../mutant.ts';

const TRANSPORT_TEST = 'test/integration/qlik/transport.test.ts';
const CHECK = 'test/integration/qlik/check.test.ts';

/** TLS sessions kept for all who come later, as an `https.Agent` would do it. */
const RESUMED = {
  file: 'qlik/transport/dial.ts',
  find: `  const tls = connectTls({\n    socket,`,
  replace: `  const keeper = globalThis as typeof globalThis & { sessions?: Map<string, Buffer> };
  const sessions = (keeper.sessions ??= new Map());
  queueMicrotask(() => tls.on('session', (session) => sessions.set(addressOf(endpoint), session)));
  const tls = connectTls({
    session: sessions.get(addressOf(endpoint)),
    socket,`,
};

/** Connections that are not what they seem. */
export const TRANSPORT: readonly Mutant[] = [
  {
    name: 'TLS sessions are resumed',
    ...RESUMED,
    testFile: CHECK,
    tests: ['connections are fresh for each check, with a full handshake each'],
  },
  {
    name: 'TLS sessions are resumed, so that trust that was withdrawn goes unnoticed',
    ...RESUMED,
    testFile: 'test/integration/qlik/sign-in.test.ts',
    tests: ['the client certificate stays at home serverUrl does not get it, even if it asks for one'],
  },
  {
    name: 'the connection of a check is kept open',
    file: 'qlik/transport/http.ts',
    find: `await this.#client.destroy(DISPOSED);`,
    replace: `await Promise.resolve(DISPOSED);`,
    testFile: TRANSPORT_TEST,
    tests: ['the connection is closed when the session is over'],
  },
  {
    name: 'the certificate of the server is not verified',
    file: 'qlik/transport/dial.ts',
    find: `const refusal = endpoint.verify ? refusalOf(endpoint, tls, servername) : undefined;`,
    replace: `const refusal = (void refusalOf, undefined) as QlikError | undefined;`,
    testFile: CHECK,
    tests: ['connections of an authority that is not in trust: the failure names it'],
  },
  {
    name: 'the certificate of the server may be of anybody',
    file: 'qlik/transport/dial.ts',
    find: `tls.authorized ? identityError(certificate, servername) : `,
    replace: `tls.authorized ? (void identityError, undefined) : `,
    testFile: TRANSPORT_TEST,
    tests: ['the certificate of a server for another name is refused by host and by address'],
  },
  {
    name: 'the services of a site are trusted by public authorities',
    file: 'connections/contexts.ts',
    find: `ca: [...authorities] };`,
    replace: `ca: [...getCACertificates('default'), ...authorities] };`,
    testFile: 'test/integration/connections/trust.test.ts',
    tests: ['what an own process trusts the services: not NODE_EXTRA_CA_CERTS'],
  },
  {
    name: 'redirects are followed',
    file: 'qlik/transport/http.ts',
    find: `  async request({ secrets = [], ...request }: HttpRequest): Promise<HttpResponse> {`,
    replace: `  async request(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.ask(request);
    const { location } = response.headers;
    if (response.status !== 302 || typeof location !== 'string') return response;
    return this.ask({ ...request, path: new URL(location, 'https://localhost').pathname });
  }

  async ask({ secrets = [], ...request }: HttpRequest): Promise<HttpResponse> {`,
    testFile: 'test/integration/qlik/faults.test.ts',
    tests: ['each fault shows in one check {"ticketNotHonoured":true}'],
  },
  {
    name: 'an answer of any length is read',
    file: 'qlik/transport/exchange.ts',
    find: `if (this.#size > this.#limits.bodyLimit) controller`,
    replace: `if (this.#size < 0) controller`,
    testFile: TRANSPORT_TEST,
    tests: ['an answer that is too long is not read'],
  },
  {
    name: 'a connection that is cut never blames the client certificate',
    file: 'qlik/transport/classify.ts',
    find: `if (presentsClientCertificate && rejects`,
    replace: `if (!presentsClientCertificate && rejects`,
    testFile: TRANSPORT_TEST,
    tests: ['an answer that never begins blames it where one is presented (true)'],
  },
];
