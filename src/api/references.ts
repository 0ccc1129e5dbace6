import * as z from 'zod';
import { constrained, matches } from './rule.ts';

const OBJECT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const DATA_KEY = /^[-._a-zA-Z0-9]+$/u;

/** The name of a Secret or ConfigMap in the namespace of the object that refers to it. */
export function objectName(field: string, description: string) {
  return constrained(
    z.string().max(253),
    description,
    matches(
      OBJECT_NAME,
      `${field} must be a Kubernetes object name: lower case letters, digits, "-" and "."`,
    ),
  );
}

/** A key in the data of a Secret or ConfigMap. */
export function dataKey(field: string, description: string) {
  return constrained(
    z.string().max(253),
    description,
    matches(DATA_KEY, `${field} must be a key of a Secret or ConfigMap: letters, digits, "-", "_" and "."`),
  );
}

/** `{name, key}` of a Secret or ConfigMap; always in the same namespace. */
export function keyReference(kind: 'Secret' | 'ConfigMap', field: string, defaultKey: string) {
  return z
    .object({
      name: objectName(`${field}.name`, `Name of the ${kind}, in this namespace.`),
      key: dataKey(`${field}.key`, `Key in its data. Default: ${defaultKey}.`).default(defaultKey),
    })
    .meta({ description: `A key of a ${kind} in this namespace.` });
}
