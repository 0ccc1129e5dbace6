import type { Fields, Metadata } from './object.ts';

export interface PodTemplate {
  metadata?: Pick<Metadata, 'labels' | 'annotations'> & Fields;
  spec: Fields;
}

/** Of the many defaults of a pod those that say how it is run and how it ends. */
export function setPodDefaults(spec: Fields): void {
  spec['restartPolicy'] ??= 'Always';
  spec['terminationGracePeriodSeconds'] ??= 30;
}
