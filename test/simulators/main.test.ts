import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';

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
    const manifest = parse(/<<'EOF'\n(.*)\nEOF/s.exec(page)?.[1] ?? '') as unknown;
    expect(existsSync(join(folder, 'client.pfx'))).toBe(true);
    expect(manifest).toMatchObject({ kind: 'QlikServer', spec: { type: 'OnPremise' } });
    stdin.write('fault noRootAdmin on\n');
    expect(await readUntil(pieces(stdout), /noRootAdmin: true/)).toContain('slow: 10');
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

test.each([
  [
    'an unknown flag',
    ['--nonsense'],
    "Unknown option '--nonsense': allowed are --fault NAME[=VALUE] and --help",
  ],
  ['an unknown fault', ['--fault', 'nonsense'], 'Unknown fault "nonsense": allowed are portRefused'],
  ['an unknown value', ['--fault', 'hang=maybe'], 'Fault "hang" can be on, repository, proxy, browser, off'],
])('refuses %s with what is allowed', async (_reason, words, message) => {
  const { stderr } = start(...words);
  const ended = once(child as ChildProcessWithoutNullStreams, 'close');
  const complaint = await text(stderr);
  expect(complaint).toContain(message);
  expect(complaint).not.toContain('    at ');
  expect(await ended).toEqual([1, null]);
});
