import type { Manifest } from '../installation/manifests.ts';

/** A policy, or what puts it into force. */
export function isAdmissionObject({ kind }: Manifest): boolean {
  return /AdmissionPolicy(Binding)?$/u.test(kind);
}

/** A Job that wants slots of a QlikServer. */
export function jobOf(name: string, { suspend = true }: { suspend?: boolean } = {}) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'default', labels: { 'kpimailer.io/qlik-server': 'finance' } },
    spec: {
      suspend,
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'report', image: 'report' }] },
      },
    },
  };
}
