import type * as z from 'zod';
import { GROUP, VERSION } from '../../src/api/group.ts';
import { qlikExecutionLedgerRecord } from '../../src/api/qlikexecutionledger.ts';
import { qlikExecutionSpec } from '../../src/api/qlikexecution.ts';
import { qlikServerSpec } from '../../src/api/qlikserver.ts';
import { LEASES as LEASES_PATH } from '../../src/kubernetes/resource.ts';
import { JOBS } from './jobs.ts';
import { type ApiObject, isEqual } from './object.ts';
import { PODS } from './pods.ts';
import { PRIORITY_CLASSES } from './priority-classes.ts';
import { type ApiResource, builtInResource, customResource } from './resource.ts';

const KPIMAILER = `/apis/${GROUP}/${VERSION}`;

export const NAMESPACES = builtInResource({
  root: '/api/v1',
  plural: 'namespaces',
  kind: 'Namespace',
  isNamespaced: false,
  generation: 'missing',
});

export const LEASES = builtInResource({
  ...LEASES_PATH,
  kind: 'Lease',
  hasStatus: false,
  generation: 'missing',
  needsVersionInPut: true,
  putCreates: true,
  setDefaults: (draft) => {
    draft.spec ??= {};
  },
});

/** Its spec is judged and completed by the schema that the CustomResourceDefinition is made of. */
export const QLIK_SERVERS = customResource({
  root: KPIMAILER,
  plural: 'qlikservers',
  kind: 'QlikServer',
  setDefaults: (draft) => {
    const { data } = qlikServerSpec.safeParse(draft.spec);
    if (data !== undefined) draft.spec = JSON.parse(JSON.stringify(data)) as NonNullable<ApiObject['spec']>;
    draft.status ??= { observedGeneration: -1 };
  },
  violations: ({ spec, metadata }) => [
    ...(qlikServerSpec.safeParse(spec).error?.issues ?? []).map(
      ({ path, message }) => `${['spec', ...path].join('.')}: ${message}`,
    ),
    ...(metadata.name.length <= 63 ? [] : ['metadata.name must have at most 63 characters']),
  ],
});

const execution = schema('spec', qlikExecutionSpec);

export const QLIK_EXECUTIONS = customResource({
  root: KPIMAILER,
  plural: 'qlikexecutions',
  kind: 'QlikExecution',
  setDefaults: execution.setDefaults,
  violations: (object, before) => [
    ...execution.violations(object),
    ...(before?.status?.['expiredTime'] === undefined || isEqual(object.spec, before.spec)
      ? []
      : ['spec must not change once the slot has expired']),
  ],
});

export const QLIK_EXECUTION_LEDGERS = customResource({
  root: KPIMAILER,
  plural: 'qlikexecutionledgers',
  kind: 'QlikExecutionLedger',
  hasStatus: false,
  ...schema('ledger', qlikExecutionLedgerRecord),
});

/** A field is judged and completed by the schema that its CustomResourceDefinition is made of. */
function schema(
  field: string,
  type: z.ZodType,
): { setDefaults: (draft: ApiObject) => void; violations: (object: ApiObject) => string[] } {
  return {
    setDefaults: (draft) => {
      const { data } = type.safeParse(draft[field]);
      if (data !== undefined) draft[field] = JSON.parse(JSON.stringify(data));
    },
    violations: (object) =>
      (type.safeParse(object[field]).error?.issues ?? []).map(
        ({ path, message }) => `${[field, ...path].join('.')}: ${message}`,
      ),
  };
}

export const RESOURCES: readonly ApiResource[] = [
  NAMESPACES,
  PODS,
  JOBS,
  LEASES,
  PRIORITY_CLASSES,
  QLIK_SERVERS,
  QLIK_EXECUTIONS,
  QLIK_EXECUTION_LEDGERS,
];
