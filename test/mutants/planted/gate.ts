import type { Mutant } from '../mutant.ts';
import { GATE_ADMISSION } from './gate-admission.ts';
import { GATE_QUEUE } from './gate-queue.ts';
import { GATE_REBUILD } from './gate-rebuild.ts';
import { GATE_RELEASE } from './gate-release.ts';

/** More executions than the limit, or none at all: a bug for each sentence of the protocol. */
export const GATE: readonly Mutant[] = [...GATE_ADMISSION, ...GATE_QUEUE, ...GATE_REBUILD, ...GATE_RELEASE];
