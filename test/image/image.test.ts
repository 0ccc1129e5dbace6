import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bundleOperator, METAFILE } from '../../deploy/bundle.ts';
import { responderProgram } from '../bench/programs.ts';
import { version } from '../../src/version.ts';
import { Chart, RELEASE } from '../installation/chart.ts';
import { apply, restrictedNamespace } from '../installation/apply.ts';
import type { Manifests } from '../installation/manifests.ts';
import { podOf, type PodParts } from '../installation/pod.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/start.ts';
import { accountOf, mountedAccount } from './account.ts';
import { buildImage, IMAGE, REVISION, RUNTIME } from './build.ts';
import { filesOf, mebibytes, originsOf, packagesOf } from './contents.ts';
import { fleetInContainer } from './fleet-in-container.ts';
import { linesUntil, servingLine, statusOf } from './log.ts';
import { type ImageConfig, Podman } from './podman.ts';
import { securityFlags } from './security.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const isSkipped = inject('noContainers') !== '';

let podman: Podman;
let image: ImageConfig;
let manifests: Manifests;
/** Path → size of what the Dockerfile has added to its base, and the texts among them. */
let files: Map<string, number>;
let texts: Map<string, string>;

beforeAll(async () => {
  if (isSkipped) return;
  podman = await Podman.open();
  await buildImage(podman);
  image = await podman.inspect(IMAGE);
  manifests = await (await Chart.open()).render({});
  const base = await podman.mounted(RUNTIME, (folder) => new Set(filesOf(folder).keys()));
  await podman.mounted(IMAGE, (folder) => {
    files = filesOf(folder, base);
    texts = new Map([...files.keys()].map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  });
});

afterAll(() => podman?.[Symbol.asyncDispose]());

describe.skipIf(isSkipped)('the image', () => {
  const bill = () => packagesOf(texts.get('/sbom.spdx.json') ?? '');

  test('has the bundle, its licences and its bill of materials, and nothing else', () => {
    const size = [...files.values()].reduce((sum, one) => sum + one, 0);
    console.log([...files].map(([path, bytes]) => `${mebibytes(bytes).padStart(9)} ${path}`).join('\n'));
    console.log(`${mebibytes(size)} of ours, ${mebibytes(image.Size)} with the stand-in for distroless`);
    const named = [...files.keys()].map((path) => path.replace(/-[A-Z0-9]{8}\.mjs$/u, '-HASH.mjs'));
    expect(named).toEqual([
      '/app/chunk-HASH.mjs',
      '/app/chunk-HASH.mjs',
      '/app/convert-HASH.mjs',
      '/app/dist-HASH.mjs',
      '/app/pkcs12-child.mjs',
      '/app/qlik-operator.mjs',
      '/licenses/LICENSE',
      '/licenses/THIRD-PARTY-LICENSES',
      '/sbom.spdx.json',
    ]);
    expect(size).toBeLessThan(25 * 1024 * 1024);
  });

  test('has the very bundle that `make build` makes', async () => {
    const folder = dirname(await bundleOperator());
    const scripts = [...texts].filter(([path]) => path.startsWith('/app/'));
    expect(scripts.length).toBeGreaterThan(1);
    const isSame = ([path, text]: [string, string]) =>
      text === readFileSync(join(folder, basename(path)), 'utf8');
    expect(scripts.filter((script) => !isSame(script)).map(([path]) => path)).toEqual([]);
  });

  test('has no code that is only for development', () => {
    const origins = originsOf(METAFILE);
    expect(origins).toContain('src/main.ts');
    const tools = origins.filter((origin) => /^(test|deploy)\/|\.test\.ts$/u.test(origin));
    expect(tools).toEqual([]);
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Readonly<Record<string, string>>;
    };
    expect(bill().filter((name) => name in devDependencies)).toEqual([]);
  });

  test('has a bill of materials with exactly the packages of the bundle', () => {
    const packages = originsOf(METAFILE).flatMap(
      (origin) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(origin)?.[1] ?? [],
    );
    expect(packages).toContain('undici');
    expect(new Set(bill())).toEqual(new Set(packages));
  });

  test('has the licence text of each of them', () => {
    const sections = (texts.get('/licenses/THIRD-PARTY-LICENSES') ?? '').split(`\n${'-'.repeat(80)}\n\n`);
    const tooShort = sections.filter((section) => section.length < 500 && !section.includes(': Unlicense\n'));
    expect(tooShort).toEqual([]);
    expect(sections.map((section) => section.split(' ', 1)[0])).toEqual(bill());
  });

  test('has no secrets, of files or variables', () => {
    const names = image.Config.Env.map((variable) => variable.split('=')[0]);
    expect(names.filter((name) => name !== 'PATH')).toEqual([]);
    const secret = /-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{40}|_authToken/u;
    for (const [path, text] of texts) expect(text, path).not.toMatch(secret);
  });

  test('runs as a user that Kubernetes can see is not root, and says what it is', () => {
    expect(image.Config).toMatchObject({
      User: '65532:65532',
      Entrypoint: ['/nodejs/bin/node', '/app/qlik-operator.mjs'],
      Labels: {
        'org.opencontainers.image.title': 'qlik-operator',
        'org.opencontainers.image.version': version(),
        'org.opencontainers.image.revision': REVISION,
        'org.opencontainers.image.licenses': 'Apache-2.0',
      },
    });
    expect(image.Config.Volumes ?? {}).toEqual({});
  });
});

/** No capabilities, nothing writable, no new privileges: whatever the security contexts of the chart say. */
describe.skipIf(isSkipped)('a container as the chart runs it', () => {
  const run = (...args: readonly string[]) => podman.run([...securityFlags(manifests.podTemplate), ...args]);

  test('really has nothing to write to, no rights, and a heap that its memory has room for', async () => {
    const probe = `
      const status = fs.readFileSync('/proc/self/status', 'utf8');
      const line = (name) => new RegExp(name + ':\\\\s*(\\\\S+)').exec(status)[1];
      const written = ['/x', '/tmp/x', '/app/x', '/home/x', '/var/x'].filter((file) => {
        try { fs.writeFileSync(file, ''); return true; } catch { return false; }
      });
      console.log(JSON.stringify({
        uid: process.getuid(), written, heap: v8.getHeapStatistics().heap_size_limit / 2 ** 20,
        capabilities: line('CapEff'), noNewPrivileges: line('NoNewPrivs'), seccomp: line('Seccomp'),
      }));`;
    const { NODE_OPTIONS: options } = manifests.env;
    const flags = ['--memory=256m', `--env=NODE_OPTIONS=${options}`, '--entrypoint=/nodejs/bin/node'];
    const { stdout, stderr } = await run(...flags, IMAGE, '-e', probe);
    expect(stderr).toBe('');
    const { heap, ...others } = JSON.parse(stdout) as { heap: number };
    expect(heap).toBeGreaterThan(128);
    expect(heap).toBeLessThan(180);
    expect(others).toEqual({
      uid: 65532,
      written: [],
      capabilities: '0000000000000000',
      noNewPrivileges: '1',
      seccomp: '2',
    });
  });

  test('prints its version', async () => {
    expect(await run(IMAGE, '--version')).toEqual({ stdout: `${version()}\n`, stderr: '', code: 0 });
  });

  test('works for any other user as well, as OpenShift has it', async () => {
    const { stdout } = await run('--user=1000700000:0', IMAGE, '--version');
    expect(stdout).toBe(`${version()}\n`);
  });

  test('without an API server is live all the same, and says what it waits for', async () => {
    const nowhere = ['--env=KUBERNETES_SERVICE_HOST=127.0.0.1', '--env=KUBERNETES_SERVICE_PORT=1'];
    const addresses = ['--health-address=127.0.0.1:0', '--metrics-address=127.0.0.1:0'];
    await using account = await mountedAccount({ token: 'none', namespace: 'default', 'ca.crt': '' });
    const flags = ['--network=host', account.flag, ...securityFlags(manifests.podTemplate), ...nowhere];
    const container = podman.start([...flags, IMAGE, ...addresses]);
    const exited = once(container, 'exit');
    const log = await linesUntil(container.stderr, 'the API server is away');
    expect(log[0]?.msg).toBe('starting');
    expect(await statusOf(log, '/livez')).toBe(200);
    expect(await statusOf(log, '/readyz')).toBe(503);
    container.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  test('says what is wrong with a flag', async () => {
    const { code, stderr } = await run(IMAGE, '--log-level=loud');
    expect(stderr).toBe(
      '--log-level (or QLIK_OPERATOR_LOG_LEVEL) must be one of trace, debug, info, warn, error; the value is "loud"\n',
    );
    expect(code).toBe(1);
  });
});

describe.skipIf(isSkipped)('a container with an API server', () => {
  let controlPlane: ControlPlane;
  let pod: PodParts;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
    const kinds = ['CustomResourceDefinition', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role'];
    const needed = manifests.ofKind(...kinds, 'RoleBinding');
    await apply(controlPlane.kubectl, restrictedNamespace(RELEASE.namespace), ...needed);
    pod = await podOf(manifests.podTemplate.spec, RELEASE, controlPlane);
  });

  afterAll(() => controlPlane?.stop());

  // A busy machine may need longer once; an image that always does fails.
  test(
    'is live within a second of its start, gets ready, leads, and ends in order',
    { retry: 2 },
    async () => {
      const { args, env } = pod;
      const { account, variables } = await accountOf(env);
      await using _mounted = account;
      const started = Date.now();
      const container = podman.start([
        ...securityFlags(manifests.podTemplate),
        '--network=host',
        account.flag,
        ...variables,
        IMAGE,
        ...args,
      ]);
      const exited = once(container, 'exit');
      try {
        const log = await linesUntil(container.stderr, '"leading"');
        // Podman and the kernel are part of it, as the kubelet's work would be.
        const toServe = new Date(servingLine(log).time).getTime() - started;
        console.log(`serving /livez ${toServe} ms after the start of podman`);
        expect(await statusOf(log, '/livez')).toBe(200);
        expect(await statusOf(log, '/readyz')).toBe(200);
        expect(toServe).toBeLessThan(1000);
      } finally {
        container.kill('SIGTERM');
        expect(await exited).toEqual([0, null]);
      }
    },
  );
});

describe.skipIf(isSkipped)('a container with the memory that the chart asks for', () => {
  // Built once on a machine, in a few seconds.
  beforeAll(() => responderProgram().then(() => {}));

  test('looks after 100 servers', { timeout: 180_000 }, async () => {
    await using controlPlane = await startControlPlane();
    const { requests, limits } = manifests.podTemplate.spec.containers[0].resources;
    const size = { servers: 100, interval: 10, limit: Number.parseInt(limits['memory'] ?? '', 10) };
    const usage = await fleetInContainer(podman, controlPlane, size);
    console.log(`100 servers @ 10 s: ${JSON.stringify(usage)}`);
    expect(usage.anonymous + usage.program).toBeLessThanOrEqual(
      Number.parseInt(requests['memory'] ?? '', 10),
    );
  });
});
