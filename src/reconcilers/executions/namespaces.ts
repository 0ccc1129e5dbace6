import { milliseconds } from '../../api/duration.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { unlessAbsent } from '../../kubernetes/api-error.ts';
import { objectPathClusterWide, type Resource } from '../../kubernetes/resource.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import type { Rules } from './standing.ts';

const NAMESPACES: Resource = { root: '/api/v1', plural: 'namespaces' };
/** Milliseconds until the labels of a namespace are read again. */
const FRESH = 10_000;

type Labels = Readonly<Record<string, string>>;

/** Which namespaces may use a server. */
export class AllowedNamespaces {
  readonly #rest: ApiClient;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly labels: Labels; readonly at: number }>();

  /** `now`: milliseconds of a clock that is never set. */
  constructor(rest: ApiClient, now: () => number) {
    this.#rest = rest;
    this.#now = now;
  }

  /** The rules of a server for those who want to use it from these namespaces. */
  async rulesOf({ metadata, spec }: QlikServer, namespaces: ReadonlySet<string>): Promise<Rules> {
    const { from, selector } = spec.executions.allowedNamespaces;
    const wanted = Object.entries(selector?.matchLabels ?? {});
    const allowed = new Set([metadata.namespace]);
    for (const namespace of namespaces) {
      if (from === 'All') allowed.add(namespace);
      if (from !== 'Selector' || allowed.has(namespace)) continue;
      const labels = await this.#labelsOf(namespace);
      // An empty selector selects all, as everywhere in Kubernetes.
      if (wanted.every(([name, value]) => labels[name] === value)) allowed.add(namespace);
    }
    return {
      limit: spec.maxParallelExecutions,
      queueTimeout: milliseconds(spec.executions.queueTimeout),
      allows: (namespace) => allowed.has(namespace),
    };
  }

  async #labelsOf(namespace: string): Promise<Labels> {
    const known = this.#known.get(namespace);
    if (known !== undefined && this.#now() - known.at < FRESH) return known.labels;
    const labels = await this.#read(namespace);
    this.#known.set(namespace, { labels, at: this.#now() });
    return labels;
  }

  async #read(namespace: string): Promise<Labels> {
    const path = objectPathClusterWide(NAMESPACES, namespace);
    const read = this.#rest.request<{ metadata: { labels?: Labels } }>({ method: 'GET', path });
    return (await unlessAbsent(read))?.metadata.labels ?? {};
  }
}
