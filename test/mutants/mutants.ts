import { APPS } from './planted/apps.ts';
import { BINDINGS_AND_CANDIDATES } from './planted/bindings.ts';
import { CHECKS } from './planted/checks.ts';
import { CLOUD } from './planted/cloud.ts';
import { CONNECTIONS } from './planted/connections.ts';
import { GATE } from './planted/gate.ts';
import { JUDGEMENT } from './planted/judgement.ts';
import { KUBERNETES } from './planted/kubernetes.ts';
import { RHYTHM } from './planted/rhythm.ts';
import { SECRETS } from './planted/secrets.ts';
import { TRANSPORT } from './planted/transport.ts';
import type { Mutant } from './mutant.ts';

/** Every mutant. */
export const MUTANTS: readonly Mutant[] = [
  ...APPS,
  ...BINDINGS_AND_CANDIDATES,
  ...CHECKS,
  ...CLOUD,
  ...CONNECTIONS,
  ...GATE,
  ...JUDGEMENT,
  ...KUBERNETES,
  ...RHYTHM,
  ...SECRETS,
  ...TRANSPORT,
];
