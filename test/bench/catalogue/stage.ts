import type { Stage } from '../life.ts';

/** What all that is measured of a catalogue shares. */
export type CatalogueStage = Omit<Stage, 'fleet' | 'responder'>;
