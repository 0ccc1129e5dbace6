import type { Condition, ConditionType } from '../../../src/api/conditions.ts';
import type { QlikServer } from '../../../src/api/qlikserver.ts';

export function conditionOf({ status }: QlikServer, type: ConditionType): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** `True/ChecksPassed` of each condition, by type. */
export function shortly({ status }: QlikServer): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (status?.conditions ?? []).map(({ type, status, reason }) => [type, `${status}/${reason}`]),
  );
}
