import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BINARY_NAMES, goBuildName } from './binaries.ts';
import { BUILD_ALL, writeFakeGo } from './fixtures/fake-go.ts';
import { MarkedScript, Scratch } from './fixtures/run-marked.ts';
import { readRecipe } from './recipe.ts';
import { until } from './until.ts';

let scratch: Scratch;
let tools: string;
let assets: string;

beforeEach(() => {
  scratch = new Scratch();
  tools = join(scratch.path, 'tools');
  assets = join(scratch.path, 'assets');
  for (const folder of [tools, assets]) mkdirSync(folder);
});

afterEach(() => {
  scratch[Symbol.dispose]();
});

/** Runs the command line with an empty cache, and no `go` but a fake one. */
function build(names: readonly string[], env: NodeJS.ProcessEnv = {}): MarkedScript {
  const own = { PATH: `${tools}:/usr/bin:/bin`, XDG_CACHE_HOME: scratch.path, KUBEBUILDER_ASSETS: '' };
  return new MarkedScript('../build.ts', names, { ...own, ...env });
}

function cache(): string {
  return readRecipe({ XDG_CACHE_HOME: scratch.path }).folder;
}

function writeAsset(name: string, mode = 0o755): void {
  writeFileSync(join(assets, name), '#!/bin/sh\necho asset', { mode });
}

function run(folder: string, name: string): string {
  return execFileSync(join(folder, name), { encoding: 'utf8' }).trim();
}

async function printedFolder(script: MarkedScript): Promise<string> {
  expect({ code: await script.code, stderr: script.stderr }).toMatchObject({ code: 0 });
  return script.stdout.trimEnd().split('\n').at(-1)!;
}

describe('build.ts', () => {
  it('builds what is asked for, once, and keeps it', async () => {
    writeFakeGo(tools, 'go1.26.0', BUILD_ALL);
    await using first = build(['etcd', 'kubectl']);
    const folder = await printedFolder(first);
    expect(folder).toBe(cache());
    expect(readdirSync(folder).toSorted()).toEqual(['etcd', 'kubectl']);
    expect(first.stderr).toContain('takes about 12 minutes');
    writeFakeGo(tools, 'go1.26.0', 'exit 1');
    await using second = build(['kubectl', 'etcd']);
    expect(await printedFolder(second)).toBe(folder);
    expect(second.stderr).toBe('');
  });

  it('builds all seven without names', async () => {
    writeFakeGo(tools, 'go1.27.1', BUILD_ALL);
    await using script = build([]);
    expect(readdirSync(await printedFolder(script)).toSorted()).toEqual(BINARY_NAMES.toSorted());
  });

  it('uses what KUBEBUILDER_ASSETS has, needing no Go', async () => {
    for (const name of ['etcd', 'kubectl', 'kube-apiserver']) writeAsset(name);
    await using script = build(['etcd', 'kubectl'], { KUBEBUILDER_ASSETS: assets });
    expect(await printedFolder(script)).toBe(assets);
  });

  it('builds what KUBEBUILDER_ASSETS lacks or cannot execute, and joins both in one folder', async () => {
    writeFakeGo(tools, 'go1.26.0', BUILD_ALL);
    writeAsset('etcd');
    writeAsset('kubectl', 0o644);
    await using script = build(['etcd', 'kubectl', 'helm'], { KUBEBUILDER_ASSETS: assets });
    const folder = await printedFolder(script);
    expect(readdirSync(folder).toSorted()).toEqual(['etcd', 'helm', 'kubectl']);
    expect(['etcd', 'kubectl', 'helm'].map((name) => run(folder, name))).toEqual(['asset', 'built', 'built']);
    await using again = build(['etcd', 'kubectl', 'helm'], { KUBEBUILDER_ASSETS: assets });
    expect(await printedFolder(again)).toBe(folder);
  });

  it.each([
    {
      reason: 'names an unknown binary',
      names: ['kubelet'],
      go: 'go1.26.0',
      error: /^Unknown binary: kubelet\. The known are etcd,/,
    },
    {
      reason: 'says what an old Go is to be replaced by',
      names: ['etcd'],
      go: 'go1.25.9',
      error:
        /^Go 1\.26\.0 or newer is needed, but go is 1\.25\.9.*KUBEBUILDER_ASSETS.*setup-envtest use 1\.36 -p path/,
    },
    {
      reason: 'shows how the output of a failed build ends',
      names: ['etcd'],
      go: 'go1.26.0',
      error: /go build failed.*no such package/s,
    },
  ])('$reason', async ({ names, go, error }) => {
    writeFakeGo(tools, go, 'echo no such package; exit 1');
    await using script = build(names);
    expect(await script.code).toBe(1);
    expect(script.stderr).toMatch(error);
    expect(script.stdout).toBe('');
  });

  it('says what to do without Go', async () => {
    await using script = build(['etcd'], { PATH: tools });
    expect(await script.code).toBe(1);
    expect(script.stderr).toMatch(
      /^Go 1\.26\.0 or newer is needed, but there is no go on PATH\. .*KUBEBUILDER_ASSETS/,
    );
  });

  it.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
    { signal: 'SIGKILL', code: null },
  ] as const)('leaves no process and no half binary after $signal', async ({ signal, code }) => {
    writeFakeGo(tools, 'go1.26.0', 'echo half > "$out/server"; sleep 600 & sleep 601');
    await using script = build(['etcd']);
    await until('it builds', () => script.marker.runs('sleep 600') && script.marker.runs('sleep 601'));
    script.signal(signal, 'group');
    expect(await script.code).toBe(code);
    expect(await script.leftovers(code === null ? 15_000 : 0)).toEqual([]);
    await until('the unfinished work is removed', () => readdirSync(cache()).length === 0);
  });
});

/** The one thing a fake can't show: that a real compilation, with all its processes, can be interrupted. */
describe.runIf(hasGo())('build.ts with the real Go', { timeout: 60_000 }, () => {
  it('leaves nothing when a compilation is interrupted', async () => {
    const { GOCACHE, PATH } = { GOCACHE: join(scratch.path, 'go-build'), PATH: process.env['PATH'] };
    await using script = build(['kubectl'], { GOCACHE, PATH });
    await until('a compiler runs', () => script.marker.runs('/compile '));
    script.signal('SIGINT', 'group');
    expect(await script.code).toBe(130);
    expect(await script.leftovers(0)).toEqual([]);
    expect(readdirSync(cache())).toEqual([]);
  });
});

function hasGo(): boolean {
  try {
    execFileSync('go', ['version']);
    return true;
  } catch {
    return false;
  }
}

describe('goBuildName', () => {
  it('is the last path element, but not a major version', () => {
    expect([goBuildName('etcd'), goBuildName('helm'), goBuildName('kubectl')]).toEqual([
      'server',
      'helm',
      'kubectl',
    ]);
  });
});
