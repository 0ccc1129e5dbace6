import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { answersOk } from './answers.ts';
import { ApiServer } from './api-server.ts';
import { controlPlaneBinaries } from './build.ts';
import { createCredentials } from './credentials.ts';
import { Etcd } from './etcd.ts';
import { MarkedScript, Scratch } from './fixtures/run-marked.ts';
import { freePort } from './free-port.ts';
import { Marker } from './marked-processes.ts';
import { openKeeper } from './processes.ts';
import { type ControlPlane, startControlPlane } from './start.ts';
import { until } from './until.ts';

const TIMEOUT_MS = 60_000;
let binaries: string;

beforeAll(async () => {
  binaries = await controlPlaneBinaries(['etcd', 'kube-apiserver', 'kubectl']);
}, 30 * TIMEOUT_MS);

afterEach(() => {
  vi.unstubAllEnvs();
});

function configMap(name: string): { input: string } {
  return { input: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }) };
}

async function configMaps({ kubectl }: ControlPlane): Promise<string> {
  return (
    await kubectl(['get', 'configmaps', '-o', 'name', '--field-selector', 'metadata.name!=kube-root-ca.crt'])
  ).stdout;
}

describe('control plane', { timeout: TIMEOUT_MS }, () => {
  it('runs beside another one, each with its own data, and answers nobody without the token', async () => {
    await using both = new AsyncDisposableStack();
    const [one, two] = await Promise.all([startControlPlane({ binaries }), startControlPlane({ binaries })]);
    both.use(one);
    both.use(two);
    expect(await one.kubectl(['create', '-f', '-'], configMap('of-one'))).toMatchObject({
      code: 0,
      stdout: 'configmap/of-one created\n',
    });
    expect(await configMaps(one)).toBe('configmap/of-one\n');
    expect(await configMaps(two)).toBe('');
    const foreign = { host: '127.0.0.1', port: new URL(one.url).port, path: '/api', ca: one.ca };
    expect(await answersOk({ ...foreign, headers: { authorization: `Bearer ${one.token}` } })).toBe(true);
    expect(await answersOk({ ...foreign, headers: { authorization: `Bearer ${two.token}` } })).toBe(false);
  });

  it('gives the output and the code of a kubectl that fails', async () => {
    await using controlPlane = await startControlPlane({ binaries });
    const { code, stderr } = await controlPlane.kubectl(['get', 'configmap', 'none']);
    expect(code).toBe(1);
    expect(stderr).toContain('configmaps "none" not found');
  });

  it('keeps port and data over a restart and over a crash of the API server', async () => {
    await using controlPlane = await startControlPlane({ binaries });
    await controlPlane.kubectl(['create', '-f', '-'], configMap('kept'));
    await controlPlane.restartApiServer();
    expect(await configMaps(controlPlane)).toBe('configmap/kept\n');
    await controlPlane.restartApiServer({ signal: 'SIGKILL' });
    expect(await configMaps(controlPlane)).toBe('configmap/kept\n');
    const log = readFileSync(join(controlPlane.folder, 'kube-apiserver.log'), 'utf8');
    expect(log.match(/"Golang settings"/g)).toHaveLength(3);
  });

  it('says with the log why it did not start, and leaves nothing', async () => {
    using scratch = new Scratch();
    const marker = new Marker();
    for (const [name, value] of Object.entries({ ...marker.env, TMPDIR: scratch.path }))
      vi.stubEnv(name, value);
    await expect(startControlPlane({ binaries, extraApiServerArgs: ['--no-such-flag'] })).rejects.toThrow(
      /kube-apiserver did not get ready: it ended with code 1.*unknown flag: --no-such-flag/s,
    );
    expect(marker.processes()).toEqual([]);
    expect(readdirSync(scratch.path)).toEqual([]);
  });

  it('takes another port when the chosen one is lost before it is used', async () => {
    await using keeper = await openKeeper();
    const thief = createServer().listen(0, '127.0.0.1');
    await once(thief, 'listening');
    const lost = (thief.address() as AddressInfo).port;
    const ports = [lost, await freePort()];
    const parts = {
      keeper,
      binaries,
      etcdUrl: (await Etcd.start(keeper, binaries)).url,
      credentials: await createCredentials(keeper.folder),
      extraArgs: [],
    };
    const server = await ApiServer.start({ ...parts, choosePort: async () => ports.shift()! });
    thief.close();
    expect(server.port).not.toBe(lost);
  });
});

describe('end of a control plane', { timeout: TIMEOUT_MS }, () => {
  it('ends the API server before etcd and leaves nothing', async () => {
    await using script = new MarkedScript('hold-control-plane.ts');
    await until('it runs', () => script.stdout.includes('ready'));
    const etcdPid = script.marker.processes().find(({ command }) => command.includes('/etcd '))!.pid;
    const whileServing: boolean[] = [];
    script.signal('SIGUSR2'); // The script stops it in order.
    await until(
      'the API server ended',
      () => {
        const hasEtcd = existsSync(`/proc/${etcdPid}`); // Looked up first: what ends in between proves nothing.
        const serving = script.marker.runs('/kube-apiserver ');
        if (serving) whileServing.push(hasEtcd);
        return !serving;
      },
      { everyMs: 5 },
    );
    expect(whileServing).not.toContain(false);
    expect(await script.code).toBe(0);
    expect(script.marker.processes()).toEqual([]);
    expect(await script.leftovers(0)).toEqual([]);
  });

  it.each([
    ['SIGKILL', 'script'],
    ['SIGINT', 'group'],
  ] as const)('leaves nothing after %s to the %s', async (signal, to) => {
    await using script = new MarkedScript('hold-control-plane.ts');
    await until('it runs', () => script.stdout.includes('ready'));
    expect(script.marker.processes()).toHaveLength(4);
    script.signal(signal, to);
    expect(await script.leftovers()).toEqual([]);
  });

  it.each(['keeper.ts', '/etcd ', '/kube-apiserver '])(
    'leaves nothing when the script is killed once %s runs',
    async (part) => {
      await using script = new MarkedScript('hold-control-plane.ts');
      await until(`${part} runs`, () => script.marker.runs(part), { everyMs: 5 });
      script.signal('SIGKILL');
      expect(script.stdout.includes('ready')).toBe(false);
      expect(await script.leftovers()).toEqual([]);
    },
  );
});
