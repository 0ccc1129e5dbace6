import { durationRows, invalid, type Row } from './rows.ts';

const ALLOWED = 'executions.allowedNamespaces';
const badSelector = invalid(ALLOWED, 'selector must be set when from is Selector, and only then');
const outOfBounds = (value: number, bound: string) =>
  `spec.maxParallelExecutions: Invalid value: ${value}: spec.maxParallelExecutions in body should be ${bound}`;
const selecting = (matchLabels: unknown) => ({ [ALLOWED]: { from: 'Selector', selector: { matchLabels } } });

/** `spec.maxParallelExecutions` and `spec.executions` of a QlikServer. */
export const EXECUTIONS: readonly Row[] = [
  ['one slot is the least', { maxParallelExecutions: 1 }],
  ['64 slots are the most', { maxParallelExecutions: 64 }],
  [
    'a server without slots is suspended instead',
    { maxParallelExecutions: 0 },
    outOfBounds(0, 'greater than or equal to 1'),
  ],
  ['65 slots are too many', { maxParallelExecutions: 65 }, outOfBounds(65, 'less than or equal to 64')],
  [
    'slots are a number',
    { maxParallelExecutions: '4' },
    'spec.maxParallelExecutions: Invalid value: "string": spec.maxParallelExecutions in body must be of type integer: "string"',
  ],
  ['executions may run while the server is not Connected', { 'executions.whenDisconnected': 'Run' }],
  [
    'there is no third way to treat them then',
    { 'executions.whenDisconnected': 'Fail' },
    'spec.executions.whenDisconnected: Unsupported value: "Fail": supported values: "Hold", "Run"',
  ],
  ...durationRows('executions.queueTimeout', ['1m', '59s999ms', '720h', '720h1ms']),
  ...durationRows('executions.slotCooldown', ['0s', '-1s', '10m', '10m1ms']),
  ['every namespace may use a server', { [ALLOWED]: { from: 'All' } }],
  ['so may those with certain labels', selecting({ team: 'finance', 'corp.example/tier': '' })],
  ['a selector without labels selects all', selecting({})],
  ['the value of a label may have 63 characters', selecting({ team: 'f'.repeat(63) })],
  ['what is selected must be said', { [ALLOWED]: { from: 'Selector' } }, badSelector],
  ['All takes no selector', { [ALLOWED]: { from: 'All', selector: { matchLabels: {} } } }, badSelector],
  ['nor does Same', { [ALLOWED]: { from: 'Same', selector: { matchLabels: {} } } }, badSelector],
  ['which is the default', { [ALLOWED]: { selector: { matchLabels: { team: 'finance' } } } }, badSelector],
  [
    'there is no fourth way to allow namespaces',
    { [ALLOWED]: { from: 'None' } },
    `spec.${ALLOWED}.from: Unsupported value: "None": supported values: "Same", "Selector", "All"`,
  ],
  [
    'a selector has labels',
    { [ALLOWED]: { from: 'Selector', selector: {} } },
    `spec.${ALLOWED}.selector.matchLabels: Required value`,
  ],
  [
    'the value of a label is a text',
    selecting({ team: 1 }),
    `spec.${ALLOWED}.selector.matchLabels.team: Invalid value: "integer": spec.${ALLOWED}.selector.matchLabels.team in body must be of type string: "integer"`,
  ],
  [
    'of at most 63 characters',
    selecting({ team: 'f'.repeat(64) }),
    `spec.${ALLOWED}.selector.matchLabels.team: Too long: may not be more than 63 bytes`,
  ],
];
