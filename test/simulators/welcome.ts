import { faultTable } from './simulation.ts';

/** What the page of help says of one simulator. */
export interface WelcomeParts {
  readonly title: string;
  /** Labels and values. */
  readonly facts: Readonly<Record<string, string>>;
  /** A command that reaches the simulator. */
  readonly example: string;
  /** Commands that make it known to a cluster. */
  readonly manifest: string;
  readonly faultHelp: Readonly<Record<string, string>>;
  /** A fault for the examples, with a value in JSON. */
  readonly fault: readonly [name: string, value: string];
  readonly adminUrl: string;
}

/** The page that a person sees when a simulator has started. */
export function welcomePage({ fault: [name, value], adminUrl, ...parts }: WelcomeParts): string {
  const facts = Object.entries({ ...parts.facts, 'Admin API': adminUrl });
  return `
${parts.title}, simulated. Ends with Ctrl-C; the keys are of this run only.

${facts.map(([label, fact]) => `  ${label.padEnd(14)} ${fact}`).join('\n')}

Try it:

${parts.example}

Make it known to a cluster (the operator must run on this machine, with --allow-local-targets):

${parts.manifest}

From scripts:

  curl ${adminUrl}/faults
  curl -X PUT ${adminUrl}/faults/${name} -d '${value}'
  curl -X DELETE ${adminUrl}/faults
  curl ${adminUrl}/counters
  curl -X POST ${adminUrl}/apps -d '{"count": 100}'

Faults, to be typed here at any time as "fault NAME [VALUE|off]"; also "faults", "sessions", "counters", "quit":

${faultTable(parts.faultHelp)}
`;
}
