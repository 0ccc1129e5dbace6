import { createHash } from 'node:crypto';
import * as z from 'zod';
import { QLIK_SERVER_COLUMNS } from './columns.ts';
import { GROUP, QLIK_SERVERS_CRD, SCHEMA_HASH_ANNOTATION, VERSION } from './group.ts';
import { qlikServerSpec, qlikServerStatus } from './qlikserver.ts';

type Json = { [key: string]: unknown };

/** A JSON schema as zod writes it, without the bounds of JavaScript's integers, which say nothing. */
function structural(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(structural);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node as Json).filter(([key, value]) => !isIntegerBound(key, value));
  return Object.fromEntries(kept.map(([key, value]) => [key, structural(value)]));
}

function isIntegerBound(key: string, value: unknown): boolean {
  return (key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}

function schemaOf(schema: z.ZodType): Json {
  return structural(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' })) as Json;
}

/** The CustomResourceDefinition of QlikServer, made from its zod schemas. */
export function qlikServerCrd(): Json {
  const spec = qlikServerCrdSpec();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: QLIK_SERVERS_CRD,
      annotations: { [SCHEMA_HASH_ANNOTATION]: schemaHash(spec) },
    },
    spec,
  };
}

/** 16 hex characters that tell one set of fields and rules from another. */
function schemaHash(spec: Json): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
}

function qlikServerCrdSpec(): Json {
  return {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind: 'QlikServer',
      listKind: 'QlikServerList',
      plural: 'qlikservers',
      singular: 'qlikserver',
      shortNames: ['qs'],
      categories: ['qlik'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: QLIK_SERVER_COLUMNS,
        schema: { openAPIV3Schema: rootSchema() },
      },
    ],
  };
}

function rootSchema(): Json {
  return {
    type: 'object',
    description:
      'A connection to a Qlik server. The operator checks it capability by capability and says in status.conditions what works and, where something does not, what to do.',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: schemaOf(qlikServerSpec),
      // An object no operator has seen yet must not count as healthy: kstatus waits while the generations differ.
      status: { ...schemaOf(qlikServerStatus), default: { observedGeneration: -1 } },
    },
    'x-kubernetes-validations': [
      {
        rule: 'size(self.metadata.name) <= 63',
        message: 'metadata.name must have at most 63 characters: it becomes a label value',
      },
    ],
  };
}
