import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { existsSync, realpathSync } from 'node:fs';
import { succeed } from './command.ts';

/*
 * No registry is reached from a test, so the two base images are made of what is on the machine: the locked Node of
 * node_modules and the libraries that it is linked with. They have the layout of the real ones and nothing more.
 */

const NPM = '/usr/lib/node_modules/npm';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Like distroless: Node at /nodejs/bin/node, an unprivileged user, no shell. */
export async function standInForRuntime(context: string): Promise<void> {
  const files = new RootFolder(join(context, 'rootfs'));
  await files.program(lockedNode(), '/nodejs/bin/node');
  await files.text(
    '/etc/passwd',
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n',
  );
  await files.text('/etc/nsswitch.conf', 'hosts: files dns\n');
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY rootfs /\n');
}

/** Like node:24: Node, npm and a shell. */
export async function standInForBuild(context: string): Promise<void> {
  const files = new RootFolder(join(context, 'rootfs'));
  await files.program(lockedNode(), '/usr/local/bin/node');
  await files.program('/usr/bin/env', '/usr/bin/env');
  await files.program('/bin/sh', '/bin/sh');
  await files.copy(npmFolder(), '/usr/local/lib/node_modules/npm');
  await files.text('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
  await files.text('/tmp/keep', '');
  // Where a proxy of the machine's own stands between it and the registry, its authority is among these.
  if (existsSync(CERTIFICATES)) await files.copy(CERTIFICATES, CERTIFICATES);
  await writeFile(
    join(context, 'Dockerfile'),
    [
      'FROM scratch',
      'COPY rootfs /',
      `ENV PATH=/usr/local/bin:/usr/bin:/bin NODE_EXTRA_CA_CERTS=${CERTIFICATES}`,
      'RUN ["/usr/local/bin/node", "-e", "fs.symlinkSync(\'../lib/node_modules/npm/bin/npm-cli.js\', \'/usr/local/bin/npm\')"]',
      '',
    ].join('\n'),
  );
}

/** The Node that `npm ci` has installed for this platform; the one that runs this, when it is of the same kind. */
function lockedNode(): string {
  return realpathSync(process.execPath);
}

function npmFolder(): string {
  const beside = resolve(dirname(process.execPath), '../lib/node_modules/npm');
  for (const folder of [NPM, beside]) if (existsSync(folder)) return folder;
  throw new Error(`npm is neither in ${NPM} nor in ${beside}`);
}

/** What becomes the root of an image. */
class RootFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A program, with the libraries it is linked with. */
  async program(from: string, to: string): Promise<void> {
    await this.copy(from, to);
    const linked = await succeed('ldd', [from]);
    for (const [, library] of linked.matchAll(/(?:=> )?(\/\S+) \(0x/gu)) {
      if (library !== undefined) await this.copy(library, library);
    }
  }

  async copy(from: string, to: string): Promise<void> {
    const target = join(this.#folder, to);
    await mkdir(dirname(target), { recursive: true });
    await cp(realpathSync(from), target, { recursive: true });
  }

  async text(to: string, content: string): Promise<void> {
    const target = join(this.#folder, to);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}
