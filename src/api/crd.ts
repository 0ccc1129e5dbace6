import { createHash } from 'node:crypto';
import * as z from 'zod';
import {
  QLIK_APP_COLUMNS,
  QLIK_CONNECTION_TEST_COLUMNS,
  QLIK_EXECUTION_COLUMNS,
  QLIK_EXECUTION_LEDGER_COLUMNS,
  QLIK_SERVER_COLUMNS,
  type PrinterColumn,
} from './columns.ts';
import { GROUP, SCHEMA_HASH_ANNOTATION, VERSION } from './group.ts';
import { qlikAppRecord } from './qlikapp.ts';
import { qlikConnectionTestSpec, qlikConnectionTestStatus } from './qlikconnectiontest.ts';
import { qlikExecutionSpec, qlikExecutionStatus } from './qlikexecution.ts';
import { qlikExecutionLedgerRecord } from './qlikexecutionledger.ts';
import { qlikServerSpec, qlikServerStatus } from './qlikserver.ts';

type Json = { [key: string]: unknown };

/** What a kind adds to the form that all of them share. */
interface KindOfObject {
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly columns: readonly PrinterColumn[];
  readonly schema: Json;
  readonly selectableFields?: readonly string[];
  readonly hasStatus: boolean;
  /** The part of the object that the operator writes. */
  readonly written: 'status' | 'app' | 'ledger';
}

const qlikServer: KindOfObject = {
  kind: 'QlikServer',
  shortNames: ['qs'],
  description:
    'A connection to a Qlik server. The operator checks it capability by capability and says in status.conditions what works and, where something does not, what to do.',
  columns: QLIK_SERVER_COLUMNS,
  hasStatus: true,
  written: 'status',
  schema: {
    required: ['spec'],
    properties: {
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
  },
};

const qlikApp: KindOfObject = {
  kind: 'QlikApp',
  shortNames: ['qapp'],
  description:
    'A published app of a QlikServer, made and kept by the operator; whatever is changed by hand is put right with the next sync.',
  columns: QLIK_APP_COLUMNS,
  selectableFields: ['.app.name', '.app.publishedIn.name'],
  hasStatus: false,
  written: 'app',
  schema: { required: ['app'], properties: { app: schemaOf(qlikAppRecord) } },
};

const qlikConnectionTest: KindOfObject = {
  kind: 'QlikConnectionTest',
  shortNames: ['qct'],
  description:
    'Tries a connection to a Qlik server once, before it is relied on: with new credentials, or one that is not applied yet. It ends as Ready or as Stalled.',
  columns: QLIK_CONNECTION_TEST_COLUMNS,
  selectableFields: ['.spec.serverRef.name'],
  hasStatus: true,
  written: 'status',
  schema: {
    required: ['spec'],
    properties: {
      spec: immutable(schemaOf(qlikConnectionTestSpec)),
      // As of a QlikServer: a test that nobody has seen yet must not count as passed.
      status: { ...schemaOf(qlikConnectionTestStatus), default: { observedGeneration: -1 } },
    },
  },
};

const qlikExecution: KindOfObject = {
  kind: 'QlikExecution',
  shortNames: ['qexec'],
  description:
    'A slot of a QlikServer for a worker that is not a Job. The worker waits for the condition Admitted; deleting the object frees the slot at once, so only when the work has ended.',
  columns: QLIK_EXECUTION_COLUMNS,
  selectableFields: ['.spec.serverRef.name'],
  hasStatus: true,
  written: 'status',
  schema: {
    required: ['spec'],
    properties: { spec: schemaOf(qlikExecutionSpec), status: schemaOf(qlikExecutionStatus) },
    'x-kubernetes-validations': [
      {
        rule: '!has(oldSelf.status) || !has(oldSelf.status.expiredTime) || self.spec == oldSelf.spec',
        message: 'the slot has expired, so spec cannot be changed any more; create another QlikExecution',
      },
    ],
  },
};

const qlikExecutionLedger: KindOfObject = {
  kind: 'QlikExecutionLedger',
  shortNames: ['qledger'],
  description:
    'Internal: who holds the slots of a QlikServer. One for each, in the namespace of the operator. Never edit it; deleting it makes the operator count anew.',
  columns: QLIK_EXECUTION_LEDGER_COLUMNS,
  hasStatus: false,
  written: 'ledger',
  schema: { required: ['ledger'], properties: { ledger: schemaOf(qlikExecutionLedgerRecord) } },
};

const KINDS = [qlikServer, qlikApp, qlikConnectionTest, qlikExecution, qlikExecutionLedger];

/** A CustomResourceDefinition, and the part of its objects that the operator writes. */
export interface GeneratedCrd {
  readonly name: string;
  readonly written: KindOfObject['written'];
  readonly definition: Json;
}

/** The CustomResourceDefinitions of all kinds, made from their zod schemas. */
export const CRDS: readonly GeneratedCrd[] = KINDS.map((kind) => {
  const spec = crdSpec(kind);
  const name = `${pluralOf(kind)}.${GROUP}`;
  return {
    name,
    written: kind.written,
    definition: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name, annotations: { [SCHEMA_HASH_ANNOTATION]: schemaHash(spec) } },
      spec,
    },
  };
});

function crdSpec(object: KindOfObject): Json {
  const { kind, shortNames, columns, selectableFields, hasStatus } = object;
  return {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind,
      listKind: `${kind}List`,
      plural: pluralOf(object),
      singular: kind.toLowerCase(),
      shortNames,
      categories: ['qlik'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        ...(hasStatus ? { subresources: { status: {} } } : {}),
        ...(selectableFields === undefined
          ? {}
          : { selectableFields: selectableFields.map((jsonPath) => ({ jsonPath })) }),
        additionalPrinterColumns: columns,
        schema: { openAPIV3Schema: rootSchema(object) },
      },
    ],
  };
}

function pluralOf({ kind }: KindOfObject): string {
  return `${kind.toLowerCase()}s`;
}

function rootSchema({ description, schema: { properties, ...schema } }: KindOfObject): Json {
  return {
    type: 'object',
    description,
    ...schema,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...(properties as Json),
    },
  };
}

/** 16 hex characters that tell one set of fields and rules from another. */
function schemaHash(spec: Json): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
}

function schemaOf(schema: z.ZodType): Json {
  return structural(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' })) as Json;
}

/** A part that cannot be changed once the object exists. */
function immutable(schema: Json): Json {
  const rules = (schema['x-kubernetes-validations'] ?? []) as Json[];
  const message = 'spec cannot be changed, as a test is made once; create another one';
  return { ...schema, 'x-kubernetes-validations': [...rules, { rule: 'self == oldSelf', message }] };
}

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
