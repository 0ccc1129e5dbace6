import { expect, test } from 'vitest';
import { Scratch } from '../controlplane/fixtures/run-marked.ts';
import { installPodman } from './podman.ts';

test('where podman is missing and cannot be installed, it says so', async () => {
  using nothing = new Scratch();
  const why = await installPodman({ PATH: nothing.path });
  expect(why).toMatch(/^podman, buildah, runc are not all there, and cannot be installed: .*ENOENT/u);
});
