import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CHART, type Helm, openHelm } from '../../deploy/helm.ts';
import type { Output } from '../controlplane/command.ts';
import { Manifests, type Manifest } from './manifests.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What a release is called; both as in most tests, unless said otherwise. */
export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

export const RELEASE: ReleaseName = { name: 'qlik-operator', namespace: 'qlik-operator' };

/** The chart, rendered by the real Helm without a cluster. */
export class Chart {
  readonly #helm: Helm;

  private constructor(helm: Helm) {
    this.#helm = helm;
  }

  static async open(): Promise<Chart> {
    return new Chart(await openHelm({ folder: join(tmpdir(), 'qlik-operator-helm') }));
  }

  /** Runs Helm on the chart: `lint`, or `template` with more flags. */
  run(args: readonly string[], values: Values = {}): Promise<Output> {
    const [command = '', ...rest] = args;
    return this.#helm([command, ...rest, CHART, '--values=-'], JSON.stringify(values));
  }

  template(values: Values, { name, namespace }: ReleaseName = RELEASE): Promise<Output> {
    return this.run(['template', `--namespace=${namespace}`, name], values);
  }

  /** What `helm install` would apply. */
  async render(values: Values, release: ReleaseName = RELEASE): Promise<Manifests> {
    const { stdout, stderr, code } = await this.template(values, release);
    if (code !== 0) throw new Error(`helm template failed: ${stderr}`);
    return new Manifests(parseAllDocuments(stdout).map((document) => document.toJS() as Manifest));
  }
}
