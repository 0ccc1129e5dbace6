import { expect, test } from 'vitest';
import { livenessChecks, readinessChecks } from './serve-telemetry.ts';

const healthy = {
  controller: { watchSilence: 1, scheduleLag: 1, isSynced: true },
  election: { silence: 1, overrun: 0, problem: undefined },
  eventLoop: { longestBlock: 1 },
  rest: { reachability: { reachableFor: 1e9 } },
};
const LONG = 181_000;

function failing(parts: { [K in keyof typeof healthy]?: object | undefined }): Record<string, string> {
  const observed = { ...healthy, ...parts } as unknown as Parameters<typeof livenessChecks>[0];
  const problems: [string, string | undefined][] = [
    ...Object.entries(livenessChecks(observed)).map(([name, check]): [string, string | undefined] => [
      name,
      check(),
    ]),
    ...Object.entries(readinessChecks(observed)).map(([name, check]): [string, string | undefined] => [
      `ready ${name}`,
      check(),
    ]),
  ];
  return Object.fromEntries(problems.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

test.each<[string, Parameters<typeof failing>[0], Record<string, string>]>([
  ['nothing is wrong', {}, {}],
  ['without an election', { election: undefined }, {}],
  [
    'a watch is silent while the API server is there',
    { controller: { ...healthy.controller, watchSilence: LONG } },
    { watch: 'no sign of the API server for 181 s' },
  ],
  [
    'all is silent because the API server is away',
    {
      controller: { ...healthy.controller, watchSilence: LONG },
      election: { ...healthy.election, silence: LONG },
      rest: { reachability: { reachableFor: 0 } },
    },
    {},
  ],
  [
    'all is silent though the API server is back',
    {
      controller: { ...healthy.controller, watchSilence: 10 * LONG },
      election: { ...healthy.election, silence: 10 * LONG },
      rest: { reachability: { reachableFor: LONG } },
    },
    { watch: 'no sign of the API server for 181 s', lease: 'no answer about the lease for 181 s' },
  ],
  [
    'the schedule is late',
    { controller: { ...healthy.controller, scheduleLag: LONG } },
    { schedule: 'a check is late by 181 s' },
  ],
  [
    'work outlives the term',
    { election: { ...healthy.election, overrun: 31_000 } },
    { lease: 'the work has outlived the leadership by 31 s' },
  ],
  [
    'the event loop was blocked',
    { eventLoop: { longestBlock: 10_500 } },
    { eventloop: 'the event loop was blocked for 11 s' },
  ],
  [
    'QlikServers have not been read, and the lease may not be',
    {
      controller: { ...healthy.controller, isSynced: false },
      election: { ...healthy.election, problem: 'forbidden' },
    },
    { 'ready synced': 'QlikServers have not been read yet', 'ready lease': 'forbidden' },
  ],
])('%s', (_, parts, problems) => {
  expect(failing(parts)).toEqual(problems);
});
