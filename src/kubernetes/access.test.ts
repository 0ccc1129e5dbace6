import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inClusterAccess, kubeconfigAccess } from './access.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'access-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(file: string, text: string): string {
  writeFileSync(path.join(folder, file), text);
  return path.join(folder, file);
}

describe('inClusterAccess', () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

  function writeAccount(): void {
    write('token', 'first\n');
    write('ca.crt', 'authority');
    write('namespace', 'qlik\n');
  }

  test('reads the files of the ServiceAccount, anew each time', async () => {
    writeAccount();
    const access = inClusterAccess(env, folder);
    expect(access).toMatchObject({ server: 'https://10.0.0.1:443', namespace: 'qlik' });
    expect(await access?.credentials()).toEqual({
      headers: { authorization: 'Bearer first' },
      tls: { ca: 'authority' },
    });
    write('token', 'second');
    write('ca.crt', 'another');
    expect(await access?.credentials()).toEqual({
      headers: { authorization: 'Bearer second' },
      tls: { ca: 'another' },
    });
  });

  test('puts an IPv6 address into brackets', () => {
    writeAccount();
    const access = inClusterAccess({ ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }, folder);
    expect(access?.server).toBe('https://[fd00::1]:443');
  });

  test('is nothing outside a pod', () => {
    writeAccount();
    expect(inClusterAccess({}, folder)).toBeUndefined();
    expect(inClusterAccess({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, folder)).toBeUndefined();
  });

  test('does not fall back to a kubeconfig in a pod that was given no token', () => {
    expect(() => inClusterAccess(env, folder)).toThrow(
      `there is no token in ${folder}: mount that of its ServiceAccount`,
    );
  });
});

describe('kubeconfigAccess', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  function kubeconfig(cluster: object, user: object, context: object = {}): string {
    return write(
      'config',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster: { server: 'https://example.com:6443/', ...cluster } }],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
        'current-context': 'x',
      }),
    );
  }

  test('gives server, namespace, authority and token', async () => {
    const cluster = { 'certificate-authority-data': base64('authority'), 'tls-server-name': 'inner' };
    const access = await kubeconfigAccess(kubeconfig(cluster, { token: 't' }, { namespace: 'qlik' }));
    expect(access).toMatchObject({ server: 'https://example.com:6443', namespace: 'qlik' });
    expect(await access.credentials()).toMatchObject({
      headers: { authorization: 'Bearer t' },
      tls: { ca: 'authority', servername: 'inner' },
    });
  });

  test('gives a client certificate, and no verification when the file says so', async () => {
    const user = { 'client-certificate-data': base64('certificate'), 'client-key-data': base64('key') };
    const access = await kubeconfigAccess(kubeconfig({ 'insecure-skip-tls-verify': true }, user));
    expect(access.namespace).toBe('default');
    const { headers, tls } = await access.credentials();
    expect(headers).toEqual({});
    expect(tls).toMatchObject({ cert: 'certificate', key: 'key', rejectUnauthorized: false });
  });

  test('runs an exec plugin', async () => {
    const status = { token: 'from-plugin' };
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
    const exec = {
      apiVersion: credential.apiVersion,
      command: process.execPath,
      args: ['--eval', `console.log(${JSON.stringify(JSON.stringify(credential))})`],
      interactiveMode: 'Never',
    };
    const access = await kubeconfigAccess(kubeconfig({}, { exec }));
    expect((await access.credentials()).headers).toEqual({ authorization: 'Bearer from-plugin' });
  });

  test('refuses a file without a current cluster, with its name', async () => {
    const file = write('config', JSON.stringify({ apiVersion: 'v1', kind: 'Config' }));
    await expect(kubeconfigAccess(file)).rejects.toThrow(`"${file}" has no current cluster`);
  });
});
