import type { AuditEntry } from '../controlplane/audit.ts';
import type { Manifests, Rule } from './manifests.ts';

/**
 * The least that a rule can allow, such as `update kpimailer.io/qlikservers/status`, or with the name if the rule has
 * resourceNames: `get coordination.k8s.io/leases "qlik-operator"`. The group of the core is empty.
 */
export type Right = string;

export function rightsIn({ apiGroups, resources, resourceNames, verbs }: Rule): Right[] {
  const objects = apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`));
  const named =
    resourceNames === undefined ? objects : objects.flatMap((object) => withNames(object, resourceNames));
  return verbs.flatMap((verb) => named.map((object) => `${verb} ${object}`));
}

/** All that is bound to anybody, each once, wherever it holds. */
export function grantedRights({ boundRules }: Manifests): Right[] {
  return [...new Set(boundRules.flatMap(({ rule }) => rightsIn(rule)))].sort();
}

/** Those of the rights that the requests have needed. */
export function usedRights(granted: readonly Right[], requests: readonly AuditEntry[]): Right[] {
  const needed = new Set(
    requests.flatMap((request) => {
      const right = rightOf(request);
      return [right, ...withNames(right, [request.objectRef?.name ?? ''])];
    }),
  );
  return granted.filter((right) => needed.has(right));
}

/** The right without a name that would allow the request. */
export function rightOf({ verb, objectRef = {} }: AuditEntry): Right {
  const { apiGroup = '', resource = '', subresource } = objectRef;
  return `${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}

export function isRefused({ responseStatus }: AuditEntry): boolean {
  return responseStatus?.code === 403;
}

function withNames(object: string, names: readonly string[]): string[] {
  return names.map((name) => `${object} "${name}"`);
}
