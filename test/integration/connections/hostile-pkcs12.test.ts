import { readdirSync, readFileSync } from 'node:fs';
import { assert, asyncProperty, integer, nat, record } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigurationProblem } from '../../../src/connections/problem.ts';
import { openPkcs12 } from '../../../src/connections/pkcs12/open.ts';
import { Pkcs12Opener } from '../../../src/connections/pkcs12/opener.ts';
import { issue } from '../../pki/pki.ts';
import { elements, encoded, withoutMac } from './der.ts';

const password = 'S3cret password ö';
/** 4 encoders with and without authority, 1,300 files each: more than 10⁴. */
const MUTANTS_EACH = 1_300;
const REASONS = [
  'opens',
  'WrongPassword',
  'LegacyEncryption',
  'NoPrivateKey',
  'NotPkcs12',
  'InvalidCertificate',
  'TooExpensive',
];

let files: Readonly<Record<string, Buffer>>;
let opener: Pkcs12Opener;

beforeAll(async () => {
  const { certificates } = await issue({
    authorities: { site: { commonName: 'qlik-CA' } },
    certificates: {
      client: {
        commonName: 'QlikClient',
        issuer: 'site',
        usage: 'client',
        bundles: {
          aes: { password },
          des: { password, encoder: 'legacyDES' },
          rc2: { password, encoder: 'legacyRC2' },
          aesChained: { password, withAuthority: true },
          desChained: { password, encoder: 'legacyDES', withAuthority: true },
          rc2Chained: { password, encoder: 'legacyRC2', withAuthority: true },
          keyless: { password, withoutPrivateKey: true },
          open: { password: '' },
          slow: { password, iterations: 100_000 },
        },
      },
    },
  });
  files = certificates.client.bundles;
  opener = new Pkcs12Opener();
});
afterAll(() => opener.end());

/** Why a file does not open. */
function reasonOf(pfx: Buffer, passphrase = password): Promise<string> {
  return openPkcs12({ pfx, passphrase, where: 'it' }, []).then(
    () => 'opens',
    (error: unknown) => {
      if (error instanceof ConfigurationProblem) return error.reason;
      throw error;
    },
  );
}

/** Milliseconds of CPU that this thread used in one go while `work` went on: what nothing else got. */
async function longestBlock(work: () => Promise<void>): Promise<number> {
  const cpu = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let longest = 0;
  let last = cpu();
  const timer = setInterval(() => {
    const now = cpu();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  await work();
  clearInterval(timer);
  return longest;
}

/** Process ids of the children of this process. */
function children(): number[] {
  return readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** The largest resident memory, in MiB, that a child of this process had. */
function childMemory(): number {
  const peaks = children().map((pid) =>
    Number(/^VmHWM:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0),
  );
  return Math.max(0, ...peaks) / 1024;
}

test.each(['aes', 'des', 'rc2', 'aesChained', 'desChained', 'rc2Chained', 'keyless', 'open'])(
  `${MUTANTS_EACH} mutants of a file (%s): an answer for each, in time and space`,
  async (name) => {
    const original = files[name]!;
    const mutation = record({
      at: nat(original.length - 1),
      length: integer({ min: 0, max: 8 }),
      seed: nat(),
    });
    let worst = 0;
    const block = await longestBlock(() =>
      assert(
        asyncProperty(mutation, async ({ at, length, seed }) => {
          const mutant = Buffer.from(original);
          // Bytes changed at one place; with no length, cut there.
          for (let index = 0; index < length && at + index < mutant.length; index += 1)
            mutant[at + index] = (seed >>> ((index % 4) * 8)) & 0xff;
          const start = performance.now();
          const reason = await reasonOf(length === 0 ? mutant.subarray(0, at) : mutant);
          worst = Math.max(worst, performance.now() - start);
          expect(REASONS).toContain(reason);
        }),
        { numRuns: MUTANTS_EACH },
      ),
    );
    expect(childMemory()).toBeGreaterThan(10);
    expect(childMemory()).toBeLessThan(200);
    expect(worst).toBeLessThan(6_000);
    expect(block).toBeLessThan(100);
  },
  120_000,
);

test('a file whose cost is hidden from the first look is given up after 5 s, and the next one opens', async () => {
  const hostile = hidden(withEndlessIterations(withoutMac(files['slow']!)));
  let outcome: unknown;
  let took = 0;
  const block = await longestBlock(async () => {
    const start = performance.now();
    outcome = await opener.open({ pfx: hostile, passphrase: password, asPem: false });
    took = performance.now() - start;
  });
  expect(outcome).toEqual({ kind: 'failed', failure: 'tooExpensive' });
  expect(took).toBeLessThan(15_000);
  expect(block).toBeLessThan(100);
  expect(await opener.open({ pfx: files['aes']!, passphrase: password, asPem: false })).toEqual({
    kind: 'native',
  });
}, 60_000);

test('a file whose cost can be seen is not opened at all', async () => {
  const hostile = withEndlessIterations(withoutMac(files['slow']!));
  // A file that was opened, and given up, has the same reason.
  await expect(openPkcs12({ pfx: hostile, passphrase: password, where: 'it' }, [])).rejects.toMatchObject({
    reason: 'TooExpensive',
    message: expect.stringMatching(/^it asks for \d+ iterations/u) as string,
  });
});

test('a child that somebody else has killed is not held against the file', async () => {
  expect(await opener.open({ pfx: files['aes']!, passphrase: password, asPem: false })).toEqual({
    kind: 'native',
  });
  for (const pid of children()) process.kill(pid, 'SIGKILL');
  expect(await opener.open({ pfx: files['des']!, passphrase: password, asPem: false })).toEqual({
    kind: 'native',
  });
});

/** Every count of 100,000 becomes 2³¹ - 1, wherever it is not encrypted. */
function withEndlessIterations(der: Buffer): Buffer {
  const rewritten = elements(der).map(({ tag, value }) => {
    if (tag === 0x02 && value.toString('hex') === '0186a0')
      return encoded(tag, Buffer.from('7fffffff', 'hex'));
    const holdsMore = (tag & 0x20) !== 0 || (tag === 0x04 && value.length > 200);
    return encoded(tag, holdsMore ? withEndlessIterations(value) : value);
  });
  return Buffer.concat(rewritten);
}

/** BER lets a string come in pieces: cut in the middle of an element, it shows nothing to who does not put them together. */
function hidden(file: Buffer): Buffer {
  const [version, contents] = elements(elements(file)[0]!.value);
  const [type, explicit] = elements(contents!.value);
  const [string] = elements(explicit!.value);
  const pieces = [string!.value.subarray(0, 3), string!.value.subarray(3)].map((piece) =>
    encoded(0x04, piece),
  );
  const constructed = encoded(0x24, ...pieces);
  return encoded(
    0x30,
    encoded(version!.tag, version!.value),
    encoded(0x30, encoded(type!.tag, type!.value), encoded(0xa0, constructed)),
  );
}
