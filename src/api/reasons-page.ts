import { REASONS } from './reasons.ts';

const INTRODUCTION = `<!-- Made from src/api/reasons.ts by \`make generate\`; do not edit. -->

# Reasons

The closed list of words that \`reason\` of a condition can have. \`Ready\`, \`Connected\` and \`Stalled\` repeat the
reason of the condition that explains them, which their message names first; \`AppsSynced\` gives the one of a request that
failed. The message has the host, the port and what was seen.
`;

/** The text of docs/reasons.md. */
export function reasonsPage(): string {
  const sections = Object.entries(REASONS).map(
    ([reason, { owners, meaning, confirm, fix }]) =>
      `## ${reason}\n\n${meaning}\n\n- **Condition:** ${owners}\n- **To confirm:** ${confirm}\n- **To do:** ${fix}\n`,
  );
  return [INTRODUCTION, ...sections].join('\n');
}
