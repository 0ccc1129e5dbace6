import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { qlikServerSpec } from '../../src/api/qlikserver.ts';

let child: ChildProcessWithoutNullStreams | undefined;
afterEach(() => child?.kill('SIGKILL'));

function start(...words: string[]): ChildProcessWithoutNullStreams {
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words]);
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  return child;
}

async function readUntil(stream: AsyncIterable<string>, wanted: RegExp): Promise<string> {
  let seen = '';
  for await (const piece of stream) {
    seen += piece;
    if (wanted.test(seen)) {
      return seen;
    }
  }
  throw new Error(`The output ended without ${String(wanted)}: ${seen}`);
}

function pieces(stream: NodeJS.ReadableStream): AsyncIterable<string> {
  return (stream as unknown as { iterator: (options: object) => AsyncIterable<string> }).iterator({
    destroyOnReturn: false,
  });
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'shows a page of help, obeys, and cleans up at %s',
  async (signal) => {
    const { stdin, stdout, stderr } = start('--fault', 'slow=10');
    const page = await readUntil(pieces(stdout), /browserStatus .*\n/);
    const folder = /Files +(\S+)/.exec(page)?.[1] ?? '';
    const manifest = parse(/<<'EOF'\n(.*)\nEOF/s.exec(page)?.[1] ?? '') as { spec: unknown };
    expect(existsSync(join(folder, 'client.pfx'))).toBe(true);
    expect(manifest).toMatchObject({ kind: 'QlikServer', spec: { type: 'OnPremise' } });
    expect(qlikServerSpec.safeParse(manifest.spec).error).toBeUndefined();
    stdin.write('fault noRootAdmin on\n');
    const present = await readUntil(pieces(stdout), /noRootAdmin: true/);
    expect(present).toContain('slow: 10');
    expect(present).not.toContain('hang');
    stdin.write('fault nonsense\n');
    await readUntil(pieces(stderr), /Unknown fault "nonsense": allowed are .*hang/);
    stdin.write('dance\n');
    await readUntil(pieces(stderr), /Unknown command "dance": allowed are fault/);
    const ended = once(child as ChildProcessWithoutNullStreams, 'close');
    child?.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(existsSync(folder)).toBe(false);
  },
);

test('the cloud: a page, an admin API and a manifest', async () => {
  const { stdin, stdout } = start('cloud', '--fault=secretRejected=401', '--admin-port=0');
  const page = await readUntil(pieces(stdout), /nextNull .*\n/);
  const [, admin = ''] = /Admin API +(\S+)/.exec(page) ?? [];
  const manifest = parse(/<<'EOF'\n(.*)\nEOF/s.exec(page)?.[1] ?? '') as { spec: unknown };
  expect(manifest).toMatchObject({
    spec: { type: 'Cloud', cloud: { clientSecret: { secretKeyRef: { name: 'simulator-client' } } } },
  });
  expect(qlikServerSpec.safeParse(manifest.spec).error).toBeUndefined();
  const answer = await fetch(`${admin}/faults`);
  expect(await answer.json()).toContainEqual(expect.objectContaining({ name: 'secretRejected', value: 401 }));
  const ended = once(child as ChildProcessWithoutNullStreams, 'close');
  stdin.write('quit\n');
  expect(await ended).toEqual([0, null]);
});

test('the help names the faults of both', async () => {
  const page = await text(start('--help').stdout);
  expect(page).toMatch(/Usage: .*portRefused .*Faults cloud:.*nextNull/s);
});

test.each([
  [
    'an unknown flag',
    ['--nonsense'],
    "Unknown option '--nonsense': allowed are onpremise or cloud, --fault NAME[=VALUE]",
  ],
  ['an unknown simulator', ['clowd'], "Unknown simulator 'clowd': allowed are onpremise or cloud"],
  [
    'a port that is none',
    ['--admin-port', '70000'],
    "--admin-port must be between 0 and 65535, current value is '70000'",
  ],
  [
    'an unknown fault of the cloud',
    ['cloud', '--fault', 'userMissing'],
    'Unknown fault "userMissing": allowed are refused',
  ],
  ['an unknown fault', ['--fault', 'nonsense'], 'Unknown fault "nonsense": allowed are portRefused'],
  [
    'an unknown value',
    ['--fault', 'hang=maybe'],
    'Fault "hang" can be on, repository, proxy, browser, proxy2, browser2, off',
  ],
])('refuses %s with what is allowed', async (_reason, words, message) => {
  const { stderr } = start(...words);
  const ended = once(child as ChildProcessWithoutNullStreams, 'close');
  const complaint = await text(stderr);
  expect(complaint).toContain(message);
  expect(complaint).not.toContain('    at ');
  expect(await ended).toEqual([1, null]);
});
