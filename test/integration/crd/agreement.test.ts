import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { qlikServerSpec } from '../../../src/api/qlikserver.ts';
import { freshNamespace } from '../namespace.ts';
import { QlikServerApi, refusals } from './api.ts';
import { generatedSpec } from './generated-spec.ts';

const RUNS = 300;
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

test('the API server and zod agree about any spec (SEED=… repeats a run)', async () => {
  await using api = new QlikServerApi((await freshNamespace()).name);
  const outcomes = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(generatedSpec, async (spec) => {
      const answer = await api.dryRun(spec);
      const parsed = qlikServerSpec.safeParse(spec);
      const why = [...refusals(answer), ...(parsed.error?.issues ?? []).map(({ message }) => message)];
      expect([201, 422]).toContain(answer.code);
      // Neither has a spec to show when it refuses; what they say is there for whoever reads a failure.
      expect({ spec: answer.body.spec, why }).toEqual({ spec: parsed.data, why });
      outcomes[parsed.success ? 'accepted' : 'refused'] += 1;
    }),
    { seed, numRuns: RUNS },
  );
  const fairShare = RUNS / 5;
  expect({ seed, ...outcomes }).toSatisfy(
    ({ accepted, refused }) => accepted > fairShare && refused > fairShare,
  );
});
