import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const LOG = path.join(import.meta.dirname, 'log.ts');
const KEY = 'very-private-key';

/** Runs code with a log in a process of its own, whose standard error it is; gives what was written. */
async function logged(options: { level: string; format: string }, code: string): Promise<string> {
  const script = `
    import { createLog } from ${JSON.stringify(LOG)};
    const log = createLog(${JSON.stringify(options)});
    const cause = Object.assign(new Error('inner'), { options: { key: '${KEY}' } });
    const error = Object.assign(new Error('no handshake', { cause }), {
      code: 'ERR_TLS', options: { key: '${KEY}', pfx: '${KEY}' }, headers: { authorization: '${KEY}' },
    });
    ${code}`;
  const child = execFile(process.execPath, ['--input-type=module', '--eval', script]);
  let stderr = '';
  child.stderr?.on('data', (chunk: string) => (stderr += chunk));
  await new Promise((resolve) => child.on('close', resolve));
  return stderr;
}

test('JSON has level, time, bindings and message on one line, from the level on', async () => {
  const code = `log.debug('hidden'); log.child({ server: 'ns/a' }).warn({ count: 2 }, 'look');`;
  const lines = (await logged({ level: 'info', format: 'json' }, code)).trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  const { time, ...rest } = JSON.parse(lines[0]!) as Record<string, unknown>;
  expect(rest).toEqual({ level: 'warn', server: 'ns/a', count: 2, msg: 'look' });
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
});

test('text is for people', async () => {
  const text = await logged({ level: 'debug', format: 'text' }, `log.debug({ count: 2 }, 'look');`);
  expect(text).toMatch(/DEBUG.*: look\n\s+count: 2\n$/u);
});

test('an error is its message, code and stack, whichever way it is logged', async () => {
  const code = `log.error({ error }, 'failed'); log.error({ err: error }, 'failed'); log.error(error);`;
  const text = await logged({ level: 'info', format: 'json' }, code);
  expect(text).not.toContain(KEY);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const stack = expect.stringContaining('Error: no handshake\n    at ') as unknown;
  const described = { message: 'no handshake', code: 'ERR_TLS', stack };
  expect(lines).toEqual([
    expect.objectContaining({ error: described }),
    expect.objectContaining({ err: described }),
    expect.objectContaining({ error: described }),
  ]);
});

test('an error as text holds no secret either', async () => {
  const code = `log.error({ error }, 'failed'); log.error(error); log.error({ error: 'thrown text' }, 'odd');`;
  const text = await logged({ level: 'info', format: 'text' }, code);
  expect(text).not.toContain(KEY);
  expect(text).toContain('no handshake');
  expect(text).toContain('thrown text');
});
