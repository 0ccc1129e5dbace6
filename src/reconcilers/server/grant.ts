import { CREDENTIALS_LABEL } from '../../api/group.ts';
import type { SourceReference } from '../../connections/source.ts';
import type { SecretAccess } from './source-watches.ts';

/** What the chart says of the rights it has made, so that a message can hold the command that grants them elsewhere. */
export interface SecretsGrant {
  readonly clusterRole: string;
  /** `namespace:name`, as kubectl wants it. */
  readonly serviceAccount: string;
}

/** Set by the chart, together. */
const VARIABLES = {
  clusterRole: 'QLIK_OPERATOR_SECRETS_CLUSTER_ROLE',
  serviceAccount: 'QLIK_OPERATOR_SERVICE_ACCOUNT',
} as const;

export function grantFrom(env: Readonly<Record<string, string | undefined>>): SecretsGrant | undefined {
  const clusterRole = env[VARIABLES.clusterRole];
  const serviceAccount = env[VARIABLES.serviceAccount];
  return clusterRole === undefined || serviceAccount === undefined
    ? undefined
    : { clusterRole, serviceAccount };
}

/** How the rights of the operator on Secrets and ConfigMaps are made. */
export interface AccessRights {
  readonly access: SecretAccess;
  /** Unknown where no chart has made them. */
  readonly grant: SecretsGrant | undefined;
}

/** What to do where the operator may not read a source. */
export function accessRemedy(
  { kind, name }: SourceReference,
  namespace: string,
  { access, grant }: AccessRights,
): string {
  const plural = `${kind.toLowerCase()}s`;
  if (access === 'named') {
    return `the operator may not read the ${kind} "${name}", as its rights name each one (--secret-access=named); add it to secretAccess.named of the chart, or to its Role in the namespace "${namespace}" with the verbs get, list and watch`;
  }
  const denied = `the operator may not read ${kind}s in the namespace "${namespace}"`;
  if (grant === undefined)
    return `${denied}; bind its ServiceAccount to a Role with the verbs get, list and watch on ${plural} there`;
  const { clusterRole, serviceAccount } = grant;
  return `${denied}; let it: kubectl create rolebinding ${clusterRole} --namespace=${namespace} --clusterrole=${clusterRole} --serviceaccount=${serviceAccount}`;
}

/** What to do where the operator may not write a binding Secret. */
export function bindingRemedy(name: string, namespace: string, { access }: AccessRights): string {
  const denied = `the operator may not write the Secret "${name}" in the namespace "${namespace}"`;
  return access === 'named'
    ? `${denied}; name it in secretAccess.named[].bindings of the chart, and make it: kubectl create secret generic ${name} --namespace=${namespace}, then kubectl label secret ${name} --namespace=${namespace} ${CREDENTIALS_LABEL.name}=${CREDENTIALS_LABEL.value}`
    : `${denied}; set secretAccess.writeBindings of the chart, or let it create, update and delete secrets there`;
}
