import { type AuditEntry, auditEntries } from '../controlplane/audit.ts';
import type { ControlPlane } from '../controlplane/start.ts';
import { until } from '../controlplane/until.ts';
import type { Api } from '../integration/server/api.ts';
import { apply, restrictedNamespace } from './apply.ts';
import type { ReleaseName } from './chart.ts';
import { type Binding, Manifests, type Rule } from './manifests.ts';
import { podOf, type PodParts, userOf } from './pod.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

interface Parts {
  readonly controlPlane: ControlPlane;
  readonly api: Api;
  readonly manifests: Manifests;
  readonly release: ReleaseName;
}

/** The operator's ServiceAccount as the chart sets it up, with the rights that the chart gives it. */
export class OperatorAccount {
  /** How the operator runs as this account. */
  readonly pod: PodParts;
  readonly user: string;
  readonly #parts: Parts;

  private constructor(parts: Parts, pod: PodParts) {
    this.#parts = parts;
    this.pod = pod;
    this.user = userOf(parts.manifests.podTemplate.spec, parts.release);
  }

  /** Applies what the chart has rendered, but the CRDs. The namespaces that it names must exist, but its own. */
  static async install(parts: Parts): Promise<OperatorAccount> {
    const { controlPlane, manifests, release } = parts;
    const objects = manifests.all.filter(({ kind }) => kind !== 'CustomResourceDefinition');
    await apply(controlPlane.kubectl, restrictedNamespace(release.namespace), ...objects);
    const account = new OperatorAccount(
      parts,
      await podOf(manifests.podTemplate.spec, release, controlPlane),
    );
    for (const { rule, namespace } of manifests.boundRules) await account.#untilAllowed(rule, namespace);
    return account;
  }

  /** Lets it read the Secrets and ConfigMaps of a namespace, as docs/install.md says. */
  async bindSecrets(namespace: string): Promise<void> {
    const { api, manifests, release } = this.#parts;
    const binding = secretsBinding(manifests, release, namespace);
    await api.create(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
      ...binding,
    });
    const { boundRules } = new Manifests([...manifests.ofKind('ClusterRole'), binding]);
    for (const { rule } of boundRules) await this.#untilAllowed(rule, namespace);
  }

  /** All requests it has made, if the API server writes them down. */
  requests(): AuditEntry[] {
    return auditEntries(this.#parts.controlPlane).filter(({ user: { username } }) => username === this.user);
  }

  /** The API server learns of a binding a moment after it has been made. */
  async #untilAllowed(rule: Rule, namespace: string | undefined): Promise<void> {
    for (const attributes of attributesOf(rule)) {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: this.user, resourceAttributes: { ...attributes, namespace } },
      };
      await until(
        `the operator may ${JSON.stringify(attributes)} in ${namespace ?? 'all namespaces'}`,
        async () => {
          const { status } = await this.#parts.api.create<{ status: { allowed: boolean } }>(REVIEWS, body);
          return status.allowed;
        },
      );
    }
  }
}

/** What `kubectl create rolebinding` makes as docs/install.md has it. */
export function secretsBinding(
  manifests: Manifests,
  { namespace }: Pick<ReleaseName, 'namespace'>,
  where: string,
): Binding {
  const role = manifests.ofKind('ClusterRole').find(({ metadata }) => metadata.name.endsWith('-secrets'));
  if (role === undefined) throw new Error('No ClusterRole for Secrets: is secretAccess.mode "named"?');
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: role.metadata.name, namespace: where },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: manifests.podTemplate.spec.serviceAccountName, namespace }],
  };
}

/** One verb on one resource, and one name where the rule has names: what a review asks for. */
function attributesOf({ apiGroups, resources, resourceNames = [''], verbs }: Rule): object[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((path) => {
      const [resource = '', subresource = ''] = path.split('/');
      return verbs.flatMap((verb) =>
        resourceNames.map((name) => ({ group, resource, subresource, verb, name })),
      );
    }),
  );
}
