type Manifest = Readonly<Record<string, unknown>>;

/** What a report may ask for beyond one slot of "finance" in its turn. */
export interface ReportWishes {
  readonly slots?: number;
  readonly priorityClassName?: string;
}

/** A Job that waits for its slots, as docs/executions.md has it. kwok ends its pod once that is annotated `report=written`. */
export function reportJob(name: string, { slots, ...ofPod }: ReportWishes = {}): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      labels: {
        'kpimailer.io/qlik-server': 'finance',
        ...(slots === undefined ? {} : { 'kpimailer.io/slots': String(slots) }),
      },
    },
    spec: {
      suspend: true,
      podReplacementPolicy: 'Failed',
      template: {
        spec: { ...ofPod, restartPolicy: 'Never', containers: [{ name: 'report', image: 'report' }] },
      },
    },
  };
}

export function priorityClass(name: string, value: number): Manifest {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value };
}
