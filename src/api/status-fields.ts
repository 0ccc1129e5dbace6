import * as z from 'zod';
import { condition } from './conditions.ts';

/** Fields that the status of several kinds has; every one may be absent. */

export const time = (description: string) => z.string().optional().meta({ format: 'date-time', description });

export const text = (max: number, description: string) =>
  z.string().max(max).optional().meta({ description });

export const count = (description: string) => z.int().min(0).optional().meta({ description });

export const conditions = (max: number, description: string) =>
  z
    .array(condition)
    .max(max)
    .optional()
    .meta({
      description,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    });
