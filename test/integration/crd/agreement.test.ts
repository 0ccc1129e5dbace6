import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { qlikConnectionTestSpec } from '../../../src/api/qlikconnectiontest.ts';
import { qlikExecutionSpec } from '../../../src/api/qlikexecution.ts';
import { qlikServerSpec } from '../../../src/api/qlikserver.ts';
import { freshNamespace } from '../namespace.ts';
import { KindApi, refusals } from './api.ts';
import { generatedConnectionTest } from './generated-connection-test.ts';
import { generatedExecution } from './generated-execution.ts';
import { generatedServer } from './generated-server.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

test.each([
  { kind: 'QlikServer', schema: qlikServerSpec, generated: generatedServer, runs: 400 },
  {
    kind: 'QlikConnectionTest',
    schema: qlikConnectionTestSpec,
    generated: generatedConnectionTest,
    runs: 150,
  },
  { kind: 'QlikExecution', schema: qlikExecutionSpec, generated: generatedExecution, runs: 150 },
] as const)(
  'the API server and zod agree about any spec of a $kind (SEED=… repeats a run)',
  async ({ kind, schema, generated, runs }) => {
    await using api = new KindApi(kind, (await freshNamespace()).name);
    const outcomes = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(generated, async (spec) => {
        const answer = await api.dryRun(spec);
        const parsed = schema.safeParse(spec);
        const why = [...refusals(answer), ...(parsed.error?.issues ?? []).map(({ message }) => message)];
        expect([201, 422]).toContain(answer.code);
        // Neither has a spec to show when it refuses; what they say is there for whoever reads a failure.
        expect({ spec: answer.body.spec, why }).toEqual({ spec: parsed.data, why });
        outcomes[parsed.success ? 'accepted' : 'refused'] += 1;
      }),
      { seed, numRuns: runs },
    );
    const fairShare = runs / 5;
    expect({ seed, ...outcomes }).toSatisfy(
      ({ accepted, refused }) => accepted > fairShare && refused > fairShare,
    );
  },
);
