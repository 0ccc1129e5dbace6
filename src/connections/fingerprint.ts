import { createHash } from 'node:crypto';
import type { QlikServerSpec } from '../api/qlikserver.ts';

/** By the spec itself, which is never changed: every reconcile asks several times. */
const known = new WeakMap<QlikServerSpec, string>();

/** The fields whose change makes it another connection; other edits of the spec carry the verdicts over. */
export function connectionFields(spec: QlikServerSpec): string {
  const fields = known.get(spec) ?? fieldsOf(spec);
  known.set(spec, fields);
  return fields;
}

function fieldsOf({ type, onPremise, cloud, trust, httpProxy }: QlikServerSpec): string {
  const { webIntegrationId: _passedOn, ...tenant } = cloud ?? {};
  return canonical({ type, onPremise, cloud: cloud === undefined ? undefined : tenant, trust, httpProxy });
}

/**
 * Identifies a connection: 16 hex digits over its fields and all its material together, never over a password alone,
 * which could then be guessed from it.
 */
export function fingerprint(fields: string, contents: readonly Buffer[]): string {
  const hash = createHash('sha256').update(fields);
  for (const content of contents) hash.update(`\0${content.length}\0`).update(content);
  return hash.digest('hex').slice(0, 16);
}

/** JSON with sorted keys, so that the order of a manifest does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
