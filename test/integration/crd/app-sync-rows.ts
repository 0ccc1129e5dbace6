import { durationRows, type Row } from './rows.ts';

const PUBLISHED_IN = 'appSync.publishedIn';
const names = (count: number) => Array.from({ length: count }, (_, index) => `Stream ${index}`);

/** `spec.appSync` of a QlikServer. */
export const APP_SYNC: readonly Row[] = [
  ['the catalogue can be switched off', { 'appSync.enabled': false }],
  [
    'a switch is no text',
    { 'appSync.enabled': 'false' },
    'spec.appSync.enabled: Invalid value: "string": spec.appSync.enabled in body must be of type boolean: "string"',
  ],
  ...durationRows('appSync.interval', ['10s', '9s999ms', '24h', '24h1ms']),
  ...durationRows('appSync.removalGrace', ['0s', '-1s', '720h', '720h1ms']),
  ['streams are named as in Qlik', { [PUBLISHED_IN]: ['Finance', 'finance', 'Größe & Ärger', ' '] }],
  ['256 streams can be named', { [PUBLISHED_IN]: names(256) }],
  [
    '257 are too many',
    { [PUBLISHED_IN]: names(257) },
    `spec.${PUBLISHED_IN}: Too many: 257: must have at most 256 items`,
  ],
  ['the name of a stream may have 512 characters', { [PUBLISHED_IN]: ['s'.repeat(512)] }],
  [
    '513 are too many',
    { [PUBLISHED_IN]: ['s'.repeat(513)] },
    `spec.${PUBLISHED_IN}[0]: Too long: may not be more than 512 bytes`,
  ],
  [
    'the empty name is none',
    { [PUBLISHED_IN]: [''] },
    `spec.${PUBLISHED_IN}[0]: Invalid value: "": spec.${PUBLISHED_IN}[0] in body should be at least 1 chars long`,
  ],
  [
    'a stream is named once',
    { [PUBLISHED_IN]: ['Finance', 'Sales', 'Finance'] },
    `spec.${PUBLISHED_IN}[2]: Duplicate value: "Finance"`,
  ],
];
