export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string | undefined>>>>;
}

export interface PodSpec {
  readonly containers: readonly [Container];
  readonly serviceAccountName: string;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** What a Deployment makes its pods of. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface BoundRule {
  readonly rule: Rule;
  /** Where it holds; everywhere without one. */
  readonly namespace: string | undefined;
}

export interface Binding extends Manifest {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
}

export interface Deployment extends Manifest {
  readonly spec: { readonly template: PodTemplate };
}

/** The objects that a chart renders. */
export class Manifests {
  readonly all: readonly Manifest[];

  constructor(all: readonly Manifest[]) {
    this.all = all;
  }

  /** `Kind/name`, or `Kind/namespace/name` outside the namespace of the release, sorted. */
  ids(releaseNamespace: string): string[] {
    return this.all
      .map(({ kind, metadata: { name, namespace = releaseNamespace } }) =>
        namespace === releaseNamespace ? `${kind}/${name}` : `${kind}/${namespace}/${name}`,
      )
      .sort();
  }

  ofKind(...kinds: readonly string[]): Manifest[] {
    return this.all.filter(({ kind }) => kinds.includes(kind));
  }

  get deployment(): Deployment {
    const [found, ...more] = this.ofKind('Deployment');
    if (found === undefined || more.length > 0) throw new Error('Not exactly one Deployment');
    return found as unknown as Deployment;
  }

  get podTemplate(): PodTemplate {
    return this.deployment.spec.template;
  }

  /** All rules that are bound to anybody, with where they hold: once for each binding. */
  get boundRules(): BoundRule[] {
    const roles = this.ofKind('ClusterRole', 'Role');
    return (this.ofKind('ClusterRoleBinding', 'RoleBinding') as unknown as Binding[]).flatMap(
      ({ roleRef, metadata: { namespace } }) => {
        const role = roles.find(
          ({ kind, metadata }) =>
            kind === roleRef.kind &&
            metadata.name === roleRef.name &&
            (kind === 'ClusterRole' || metadata.namespace === namespace),
        );
        if (role === undefined) throw new Error(`No ${roleRef.kind} "${roleRef.name}" to bind`);
        return (role['rules'] as readonly Rule[]).map((rule) => ({ rule, namespace }));
      },
    );
  }

  /** Arguments of the operator's container. */
  get args(): readonly string[] {
    return this.podTemplate.spec.containers[0].args;
  }

  get env(): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries(
      this.podTemplate.spec.containers[0].env.map(({ name, value }) => [name, value]),
    );
  }

  /** As `kubectl apply --filename=-` reads them. */
  get asList(): string {
    return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: this.all });
  }
}
