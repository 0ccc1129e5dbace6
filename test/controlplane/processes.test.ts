import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MarkedScript, Scratch } from './fixtures/run-marked.ts';
import { Marker } from './marked-processes.ts';
import { type KeptCommand, type KeptProcess, openKeeper } from './processes.ts';
import { until } from './until.ts';

/** A process that writes its name to a file when it is asked to end. */
function farewell(name: string, file: string): KeptCommand {
  const script = `process.on('SIGTERM', () => { fs.appendFileSync(${JSON.stringify(file)}, '${name} '); process.exit(); });
    setInterval(() => {}, 60000); console.log('up')`;
  return { name, command: process.execPath, args: ['-e', script] };
}

function sh(name: string, script: string, marker: Marker): KeptCommand {
  return { name, command: 'sh', args: ['-c', script], env: { ...process.env, ...marker.env } };
}

async function logged(log: string, word: string): Promise<void> {
  await until(`${word} in ${log}`, () => readFileSync(log, 'utf8').includes(word));
}

function parentOf({ pid }: KeptProcess): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

describe('keeper', () => {
  it('ends the last started first, where one started again keeps its place', async () => {
    using scratch = new Scratch();
    const file = join(scratch.path, 'order');
    await using keeper = await openKeeper();
    const first = await keeper.start(farewell('first', file));
    await logged(first.log, 'up');
    const second = await keeper.start(farewell('second', file));
    await logged(second.log, 'up');
    await first.end({ signal: 'SIGKILL' });
    const again = await keeper.start(farewell('first', file));
    await until('two starts in one log', () => readFileSync(again.log, 'utf8').split('up').length === 3);
    await keeper.stop();
    expect(readFileSync(file, 'utf8')).toBe('second first ');
    expect(existsSync(keeper.folder)).toBe(false);
  });

  it('kills a process that ignores SIGTERM, and what it spawned', async () => {
    const marker = new Marker();
    await using keeper = await openKeeper();
    const stubborn = await keeper.start(
      sh('stubborn', 'trap "" TERM; echo up; while :; do sleep 600; done', marker),
    );
    await logged(stubborn.log, 'up');
    await until('its child runs', () => marker.runs('sleep 600'));
    await stubborn.end({ graceMs: 100 });
    expect(stubborn.exit).toEqual({ code: null, signal: 'SIGKILL' });
    // What it spawned was killed with it, but the kernel may take a moment to let go of it.
    await until('nothing left', () => marker.processes().length === 0);
  });

  it('kills what a process that ended by itself has left behind', async () => {
    const marker = new Marker();
    await using keeper = await openKeeper();
    const parent = await keeper.start(sh('parent', 'sleep 600 & exit 7', marker));
    expect(await parent.exited).toEqual({ code: 7, signal: null });
    await until('nothing left', () => marker.processes().length === 0);
  });

  it('says why a process could not be started, and goes on', async () => {
    await using keeper = await openKeeper();
    await expect(keeper.start({ name: 'none', command: '/no/such/command' })).rejects.toThrow(/ENOENT/);
    const next = await keeper.start({ name: 'next', command: 'true' });
    expect(await next.exited).toEqual({ code: 0, signal: null });
  });

  it('cuts an orderly end short when it is abandoned meanwhile', async () => {
    const marker = new Marker();
    await using keeper = await openKeeper();
    const slow = await keeper.start(
      sh('slow', 'trap "echo asked" TERM; echo up; while :; do sleep 1; done', marker),
    );
    await logged(slow.log, 'up');
    const stopped = keeper.stop({ graceMs: 600_000 });
    await logged(slow.log, 'asked');
    process.kill(parentOf(slow), 'SIGTERM');
    await stopped;
    expect(slow.exit).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('may be stopped twice, and then starts nothing', async () => {
    const keeper = await openKeeper();
    await Promise.all([keeper.stop(), keeper.stop()]);
    await expect(keeper.start({ name: 'late', command: 'true' })).rejects.toThrow('The keeper has ended');
  });

  it('leaves nothing when the script just comes to its end', async () => {
    await using script = new MarkedScript('keep-sleep.ts');
    expect(await script.code).toBe(0);
    expect(script.stdout).toBe('ready\n');
    expect(await script.leftovers()).toEqual([]);
  });

  it.each([
    ['the script', 'SIGKILL', 'script'],
    ['the script', 'SIGTERM', 'script'],
    ['the script', 'SIGHUP', 'script'],
    ['its process group', 'SIGINT', 'group'],
    ['its process group', 'SIGKILL', 'group'],
  ] as const)('leaves nothing when %s gets %s', async (_who, signal, to) => {
    await using script = new MarkedScript('keep-sleep.ts', ['hold']);
    await until('it runs', () => script.stdout.includes('ready'));
    expect(script.marker.processes()).toHaveLength(3);
    script.signal(signal, to);
    expect(await script.leftovers()).toEqual([]);
  });

  it('leaves nothing even when it is killed itself', async () => {
    const marker = new Marker();
    const keeper = await openKeeper();
    const one = await keeper.start(sh('one', 'sleep 600', marker));
    process.kill(parentOf(one), 'SIGKILL');
    expect(await one.exited).toMatchObject({ signal: 'SIGKILL' });
    await until('nothing left', () => marker.processes().length === 0 && !existsSync(keeper.folder));
  });
});
