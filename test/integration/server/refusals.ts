import type { AuditEntry } from '../../controlplane/audit.ts';
import { isRefused, rightOf } from '../../installation/rights.ts';

/** Where a test expects that the API server refuses requests of the operator. */
export interface ExpectedRefusal {
  readonly namespace: string;
  /** Of one object; of any without it. */
  readonly name?: string;
}

/** The refusals that tests have said they expect: any other one is a right that the chart does not give. */
export class Refusals {
  readonly #expected: ExpectedRefusal[] = [];

  expect(refusal: ExpectedRefusal): void {
    this.#expected.push(refusal);
  }

  /** What is wrong about these requests: refused though nobody expects it, or the other way round. */
  problems(requests: readonly AuditEntry[]): string[] {
    const refused = requests.filter(isRefused);
    const unexpected = refused.filter((request) => !this.#expected.some((one) => isAbout(one, request)));
    const missing = this.#expected.filter((one) => !refused.some((request) => isAbout(one, request)));
    return [
      ...new Set(unexpected.map((request) => `"${rightOf(request)}" was refused: ${request.requestURI}`)),
      ...missing.map((one) => `nothing was refused about ${JSON.stringify(one)}, though a test expects it`),
    ];
  }
}

function isAbout({ namespace, name }: ExpectedRefusal, { objectRef }: AuditEntry): boolean {
  return objectRef?.namespace === namespace && (name === undefined || objectRef.name === name);
}
