import type { Stage } from './stage.ts';

/** Throws unless a field of a QlikServer is as wanted, which ends the demo with an error. */
export async function expectField(
  stage: Stage,
  server: string,
  jsonPath: string,
  wanted: string,
): Promise<void> {
  const found = await stage.kubectl(`get qlikserver ${server} --output=jsonpath=${jsonPath}`);
  if (found !== wanted) throw new Error(`"${server}" has "${found}" at ${jsonPath}; expected "${wanted}"`);
}

/** Throws unless a condition is as wanted: `False/RightsReduced`. */
export async function expectCondition(
  stage: Stage,
  server: string,
  type: string,
  wanted: string,
): Promise<void> {
  const condition = `{.status.conditions[?(@.type=="${type}")]`;
  await expectField(stage, server, `${condition}.status}/${condition}.reason}`, wanted);
}
