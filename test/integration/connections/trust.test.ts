import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MaterialMaker } from '../../../src/connections/material.ts';
import { issue } from '../../pki/pki.ts';
import { problemOf, readFrom, specWith, type Objects } from './namespace.ts';

const password = 'p4ssw0rd';

function makeCertificates() {
  const bundles = { plain: { password }, chained: { password, withAuthority: true } } as const;
  return issue({
    authorities: { site: { commonName: 'site-CA' }, corporate: { commonName: 'corporate-CA' } },
    certificates: {
      server: { commonName: 'localhost', dnsNames: ['localhost'], issuer: 'site', usage: 'server' },
      client: { commonName: 'QlikClient', issuer: 'site', usage: 'client', bundles },
    },
  });
}

let issued: Awaited<ReturnType<typeof makeCertificates>>;
let server: Server;
let folder: string;
beforeAll(async () => {
  issued = await makeCertificates();
  const { cert, key } = issued.certificates.server;
  server = createServer({ cert, key }, (socket) => socket.destroy());
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder = await mkdtemp(join(tmpdir(), 'trust-'));
  await writeFile(join(folder, 'extra.pem'), issued.authorities.site.cert);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  server.close();
});

function objects(overrides: Objects = {}): Objects {
  return {
    'Secret/qlik': { 'client.pfx': issued.certificates.client.bundles.plain, password },
    'Secret/pair': { 'tls.crt': issued.certificates.client.cert, 'tls.key': issued.certificates.client.key },
    ...overrides,
  };
}

describe('what an own process trusts', () => {
  interface Case {
    readonly context: 'browser' | 'service';
    /** PEM or nothing in spec.trust. */
    readonly authorities: readonly string[];
    readonly bundle: 'plain' | 'chained';
    readonly extra: boolean;
  }

  /** A process of its own, as NODE_EXTRA_CA_CERTS is read at its start. */
  async function handshake({ context, authorities, bundle, extra }: Case): Promise<string> {
    const contexts = resolve(import.meta.dirname, '../../../src/connections/contexts.ts');
    const script = `
      const { connect } = await import('node:tls');
      const { browserContext, serviceContext } = await import(${JSON.stringify(contexts)});
      const { pfx, authorities, port } = JSON.parse(process.env.CASE);
      const secureContext = ${JSON.stringify(context)} === 'browser'
        ? browserContext(authorities)
        : serviceContext({ pfx: Buffer.from(pfx, 'base64'), passphrase: ${JSON.stringify(password)} }, authorities);
      const socket = connect({ host: 'localhost', port, servername: 'localhost', secureContext });
      socket.on('secureConnect', () => { console.log('trusted'); socket.destroy(); });
      socket.on('error', (error) => console.log(error.code));`;
    const { NODE_EXTRA_CA_CERTS: _inherited, ...environment } = process.env;
    const pfx = issued.certificates.client.bundles[bundle].toString('base64');
    const { port } = server.address() as AddressInfo;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: {
        ...environment,
        CASE: JSON.stringify({ pfx, authorities, port }),
        ...(extra ? { NODE_EXTRA_CA_CERTS: join(folder, 'extra.pem') } : {}),
      },
    });
    return stdout.trim();
  }

  const base: Case = { context: 'service', authorities: [], bundle: 'plain', extra: false };
  const untrusted = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
  test.each<[string, Partial<Case>, boolean]>([
    ['the services: nothing without trust', {}, false],
    ['the services: not NODE_EXTRA_CA_CERTS, which belongs to the public roots', { extra: true }, false],
    [
      'the services: not NODE_EXTRA_CA_CERTS beside an authority inside the file',
      { extra: true, bundle: 'chained', authorities: [] },
      true,
    ],
    ['the services: the authority inside the file', { bundle: 'chained' }, true],
    ['serverUrl: not an unknown authority', { context: 'browser' }, false],
    ['serverUrl: NODE_EXTRA_CA_CERTS', { context: 'browser', extra: true }, true],
  ])('%s', async (_what, change, trusted) => {
    expect(await handshake({ ...base, ...change })).toBe(trusted ? 'trusted' : untrusted);
  });

  test.each(['service', 'browser'] as const)(
    '%s: an authority given in trust, and no other',
    async (context) => {
      const { site, corporate } = issued.authorities;
      expect(await handshake({ ...base, context, authorities: [corporate.cert, site.cert] })).toBe('trusted');
      expect(await handshake({ ...base, context, authorities: [corporate.cert] })).toBe(untrusted);
    },
  );

  test('serverUrl: trust is added to the public roots with NODE_EXTRA_CA_CERTS', async () => {
    const authorities = [issued.authorities.corporate.cert];
    expect(await handshake({ ...base, context: 'browser', authorities, extra: true })).toBe('trusted');
  });
});

describe('spec.trust', () => {
  const one = [{ configMapKeyRef: { name: 'ca' } }];
  const bundled = (...parts: string[]): Objects =>
    objects({ 'ConfigMap/ca': { 'ca.crt': parts.join('\n') } });

  test('may be a bundle with comments, in a ConfigMap and in a Secret', async () => {
    const { site, corporate } = issued.authorities;
    const trust = [...one, { secretKeyRef: { name: 'more', key: 'x.pem' } }];
    const read = readFrom({
      ...bundled('# site', site.cert, '# corporate', corporate.cert),
      'Secret/more': { 'x.pem': site.cert },
    });
    await expect(new MaterialMaker().make(specWith({}, trust), read)).resolves.toBeDefined();
  });

  test('its contents count for the fingerprint', async () => {
    const { site, corporate } = issued.authorities;
    const made = await Promise.all(
      [site.cert, corporate.cert, site.cert].map((cert) =>
        new MaterialMaker().make(specWith({}, one), readFrom(bundled(cert))),
      ),
    );
    const [first, other, again] = made.map(({ fingerprint }) => fingerprint);
    expect(first).toBe(again);
    expect(first).not.toBe(other);
  });

  const where = 'spec.trust[0] (key "ca.crt" of the ConfigMap "ca")';
  const broken = '-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n';
  const cut = () => issued.authorities.site.cert.slice(0, 300);
  test.each<[string, () => string[], string]>([
    ['nothing', () => [''], `${where} holds no PEM certificate ("-----BEGIN CERTIFICATE-----")`],
    [
      'a private key',
      () => [issued.certificates.client.key],
      `${where} holds no PEM certificate ("-----BEGIN CERTIFICATE-----")`,
    ],
    ['a broken certificate', () => [broken], `${where} holds a certificate that cannot be read (number 1)`],
    [
      'a broken one behind a good one',
      () => [issued.authorities.site.cert, broken],
      `${where} holds a certificate that cannot be read (number 2)`,
    ],
    ['one cut short', () => [cut()], `${where} holds a certificate that cannot be read (number 1)`],
    [
      'one cut short behind a good one',
      () => [issued.authorities.site.cert, cut()],
      `${where} holds a certificate that cannot be read (number 2)`,
    ],
    [
      'one cut short before a good one',
      () => [cut(), issued.authorities.site.cert],
      `${where} holds a certificate that cannot be read (number 1)`,
    ],
  ])('of %s is an InvalidCA', async (_what, parts, message) => {
    const problem = await problemOf(
      new MaterialMaker().make(specWith({}, one), readFrom(bundled(...parts()))),
    );
    expect([problem.reason, problem.message]).toEqual(['InvalidCA', message]);
  });

  test('the message names the entry', async () => {
    const trust = [...one, { secretKeyRef: { name: 'more', key: 'x.pem' } }];
    const read = readFrom({ ...bundled(issued.authorities.site.cert), 'Secret/more': { 'x.pem': '' } });
    expect((await problemOf(new MaterialMaker().make(specWith({}, trust), read))).message).toMatch(
      /^spec\.trust\[1\] \(key "x\.pem" of the Secret "more"\)/,
    );
  });

  test('that is missing is named by its kind', async () => {
    const problem = await problemOf(new MaterialMaker().make(specWith({}, one), readFrom(objects())));
    expect([problem.reason, problem.message]).toEqual([
      'ConfigMapNotFound',
      'the ConfigMap "ca" does not exist in this namespace',
    ]);
  });
});
