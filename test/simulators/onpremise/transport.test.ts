import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { connect as connectTls, type SecureVersion } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, type Question } from './ask.ts';
import { type OnPremiseSite, startOnPremiseSite } from './site.ts';

let site: OnPremiseSite;
beforeAll(async () => {
  site = await startOnPremiseSite();
});
afterEach(() => site.clearFaults());
afterAll(() => site.stop());

function about(question?: Question): Promise<Answer> {
  return ask(site, site.repositoryPort, 'GET /qrs/about', question);
}

function alive(question?: Question): Promise<Answer> {
  return ask(site, site.proxyPort, 'GET /qps/alive', question);
}

function hub(question?: Question): Promise<Answer> {
  return ask(site, site.browserPort, 'GET /kpi/hub', question);
}

function code(value: string): unknown {
  return expect.objectContaining({ code: value });
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  '%s: no or a foreign client certificate is a reset',
  async (maxVersion) => {
    for (const question of [about, alive]) {
      await expect(question({ tls: { maxVersion, pfx: undefined } })).rejects.toEqual(code('ECONNRESET'));
      await expect(question({ tls: { maxVersion, pfx: site.foreignPfx } })).rejects.toEqual(
        code('ECONNRESET'),
      );
      expect((await question({ tls: { maxVersion } })).status).toBe(200);
    }
  },
);

test('with rejection by alert a missing client certificate fails the handshake', async () => {
  await using strict = await startOnPremiseSite({ rejection: 'alert' });
  const reach = (tls: Question['tls']): Promise<Answer> =>
    ask(strict, strict.repositoryPort, 'GET /qrs/about', { tls });
  await expect(reach({ pfx: undefined })).rejects.toEqual(code('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'));
  await expect(reach({ pfx: undefined, maxVersion: 'TLSv1.2' })).rejects.toThrow('alert handshake failure');
  await expect(reach({ pfx: strict.foreignPfx })).rejects.toEqual(code('ECONNRESET'));
  expect((await reach({})).status).toBe(200);
});

test('each port is trusted through its own authority only', async () => {
  const chained = code('SELF_SIGNED_CERT_IN_CHAIN');
  await expect(about({ tls: { ca: site.corporateCa } })).rejects.toEqual(chained);
  await expect(alive({ tls: { ca: site.corporateCa } })).rejects.toEqual(chained);
  await expect(hub({ tls: { ca: site.siteCa } })).rejects.toEqual(code('UNABLE_TO_VERIFY_LEAF_SIGNATURE'));
  expect((await about({ tls: { ca: site.siteCa } })).status).toBe(200);
  expect((await hub({ tls: { ca: site.corporateCa } })).status).toBe(302);
});

test('the authority inside the pfx is enough for the service ports', async () => {
  const { status } = await about({ tls: { ca: undefined, pfx: site.clientPfxWithAuthority } });
  expect(status).toBe(200);
});

test('the browser port never requests a certificate, the others do', async () => {
  expect(await traceOfHandshake(site.repositoryPort)).toContain('CertificateRequest');
  expect(await traceOfHandshake(site.proxyPort)).toContain('CertificateRequest');
  const browser = await traceOfHandshake(site.browserPort);
  expect(browser).toContain('ServerHello');
  expect(browser).not.toContain('CertificateRequest');
});

/** Handshake messages that a client without certificate sees, as OpenSSL prints them. */
async function traceOfHandshake(port: number): Promise<string> {
  const options = { port, host: '127.0.0.1', rejectUnauthorized: false, enableTrace: true };
  const script = `const s = require('tls').connect(${JSON.stringify(options)}, () => s.destroy()); s.on('error', () => {});`;
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', script]);
  return stderr;
}

test('listens on loopback only', async () => {
  const outside = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of outside) {
    await expect(once(connect(site.browserPort, address), 'connect')).rejects.toEqual(code('ECONNREFUSED'));
  }
});

test('fault portRefused closes a port and opens the same one again', async () => {
  const port = site.repositoryPort;
  const agent = new Agent({ keepAlive: true });
  expect((await about({ agent })).status).toBe(200);
  await site.setFault('portRefused', true);
  await expect(about({ agent })).rejects.toMatchObject({ code: expect.stringMatching(/^ECONN/) as unknown });
  await expect(about()).rejects.toEqual(code('ECONNREFUSED'));
  expect((await hub()).status).toBe(302);
  await site.setFault('portRefused', 'browser');
  expect((await about()).status).toBe(200);
  await expect(hub()).rejects.toEqual(code('ECONNREFUSED'));
  await site.clearFaults();
  expect(site.repositoryPort).toBe(port);
  expect((await hub()).status).toBe(302);
  agent.destroy();
});

test('fault untrustedCa changes the certificate of the service ports or of the browser port', async () => {
  const untrusted = code('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  await site.setFault('untrustedCa', 'repository');
  await expect(about()).rejects.toEqual(untrusted);
  await expect(alive()).rejects.toEqual(untrusted);
  expect((await hub()).status).toBe(302);
  expect((await about({ tls: { rejectUnauthorized: false } })).status).toBe(200);
  await site.setFault('untrustedCa', 'browser');
  expect((await about()).status).toBe(200);
  await expect(hub()).rejects.toEqual(untrusted);
  await site.clearFaults();
  expect((await hub()).status).toBe(302);
});

test('fault certificateRejected turns the right certificate down, on warm connections too', async () => {
  const agent = new Agent({ keepAlive: true });
  expect((await about({ agent })).status).toBe(200);
  await site.setFault('certificateRejected', true);
  await expect(about({ agent })).rejects.toEqual(code('ECONNRESET'));
  await expect(alive()).rejects.toEqual(code('ECONNRESET'));
  expect((await hub()).status).toBe(302);
  await site.setFault('certificateRejected', 'alert');
  await expect(about()).rejects.toThrow('alert unknown ca');
  await site.clearFaults();
  expect((await about({ agent })).status).toBe(200);
  agent.destroy();
});

test('fault slow delays the first byte', async () => {
  await site.setFault('slow', 200);
  const start = performance.now();
  await about();
  expect(performance.now() - start).toBeGreaterThan(190);
});

test('fault hang accepts and never answers; stopping ends the connection', async () => {
  const hanging = await startOnPremiseSite({ faults: { hang: 'repository' } });
  const pending = ask(hanging, hanging.repositoryPort, 'GET /qrs/about');
  const outcome = Promise.allSettled([pending]);
  expect((await ask(hanging, hanging.proxyPort, 'GET /qps/alive')).status).toBe(200);
  await expect.poll(() => hanging.requests('GET /qrs/about')).toBe(1);
  await hanging.stop();
  expect(await outcome).toEqual([{ status: 'rejected', reason: code('ECONNRESET') }]);
});

test('fault hang everywhere silences all ports', async () => {
  const hanging = await startOnPremiseSite({ faults: { hang: true } });
  const pending = [hanging.repositoryPort, hanging.proxyPort, hanging.browserPort].map((port) =>
    ask(hanging, port, 'GET /'),
  );
  const outcome = Promise.allSettled(pending);
  await expect.poll(() => hanging.requests('GET /')).toBe(3);
  await hanging.stop();
  expect((await outcome).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('a stopped site stays closed, whatever happens to its faults', async () => {
  const stopped = await startOnPremiseSite({ faults: { portRefused: true } });
  await stopped.stop();
  await stopped.clearFaults();
  for (const port of [stopped.repositoryPort, stopped.proxyPort, stopped.browserPort]) {
    await expect(ask(stopped, port, 'GET /')).rejects.toEqual(code('ECONNREFUSED'));
  }
});

test('two sites share nothing', async () => {
  await using other = await startOnPremiseSite();
  expect(other.siteCa).not.toBe(site.siteCa);
  expect(other.clientPfxPassword).not.toBe(site.clientPfxPassword);
  await expect(
    about({ tls: { ca: site.siteCa, pfx: other.clientPfx, passphrase: other.clientPfxPassword } }),
  ).rejects.toEqual(code('ECONNRESET'));
});

describe('a TLS session that is resumed', () => {
  const visit = (maxVersion: SecureVersion, session?: Buffer) =>
    new Promise<Visit>((resolve, reject) => {
      const { siteCa: ca, clientPfx: pfx, clientPfxPassword: passphrase, repositoryPort: port } = site;
      const socket = connectTls({ host: 'localhost', port, ca, pfx, passphrase, maxVersion, session });
      const key = '0123456789abcdef';
      const seen: { session?: Buffer } = {};
      socket.on('session', (ticket) => Object.assign(seen, { session: ticket }));
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('cut')));
      socket.on('data', (bytes: Buffer) => {
        const resumed = socket.isSessionReused();
        socket.removeAllListeners('close').destroy();
        const status = Number(bytes.toString('latin1').split(' ')[1]);
        resolve({ status, resumed, session: seen.session });
      });
      socket.write(`GET /qrs/about?xrfkey=${key} HTTP/1.1\r\nhost: x\r\nx-qlik-xrfkey: ${key}\r\n\r\n`);
    });

  // What makes the operator's tests of the same faults mean something: a client that resumes sees neither.
  test.each([
    ['TLSv1.2', { trustWithdrawn: true }],
    ['TLSv1.3', { trustWithdrawn: true }],
    ['TLSv1.2', { serverCertificate: 'expired' }],
    ['TLSv1.3', { serverCertificate: 'expired' }],
  ] as const)('of %s hides %o, which a new one does not', async (version, faults) => {
    const { status, session } = await visit(version);
    expect(status).toBe(200);
    await site.setFaults(faults);
    expect(await visit(version, session)).toMatchObject({ status: 200, resumed: true });
    await expect(visit(version)).rejects.toThrow(/cut|ECONNRESET|expired/u);
  });
});

interface Visit {
  readonly status: number;
  readonly resumed: boolean;
  readonly session: Buffer | undefined;
}
