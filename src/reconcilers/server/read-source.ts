import { CREDENTIALS_LABEL } from '../../api/group.ts';
import type { ReadSource, Source, SourceReference } from '../../connections/source.ts';
import { hasCode } from '../../kubernetes/api-error.ts';
import { CONFIG_MAPS, METADATA, objectPath, SECRETS } from '../../kubernetes/resource.ts';
import type { ApiClient } from '../../kubernetes/term.ts';

interface Contents {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** Reads Secrets and ConfigMaps of a namespace. The contents of a Secret are asked for only if it has the label. */
export function readSourceFrom(rest: ApiClient, namespace: string): ReadSource {
  return async (reference) => {
    const isSecret = reference.kind === 'Secret';
    const path = objectPath(isSecret ? SECRETS : CONFIG_MAPS, { namespace, name: reference.name });
    try {
      if (isSecret) {
        const { metadata } = await rest.request<Contents>({ method: 'GET', path, accept: METADATA });
        const labels = metadata.labels ?? {};
        if (labels[CREDENTIALS_LABEL.name] !== CREDENTIALS_LABEL.value)
          return { state: 'present', labels, data: {} };
      }
      return decoded(reference, await rest.request<Contents>({ method: 'GET', path }));
    } catch (error) {
      if (hasCode(error, 404)) return { state: 'absent' };
      if (hasCode(error, 403)) return { state: 'denied', remedy: remedy(reference, namespace) };
      throw error;
    }
  };
}

/** Data of a Secret and binaryData of a ConfigMap are base64, data of a ConfigMap is text. */
function decoded({ kind }: SourceReference, { metadata, data = {}, binaryData = {} }: Contents): Source {
  const encoding = kind === 'Secret' ? 'base64' : 'utf8';
  const buffers = [
    ...Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)] as const),
    ...Object.entries(binaryData).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const),
  ];
  return { state: 'present', labels: metadata.labels ?? {}, data: Object.fromEntries(buffers) };
}

function remedy({ kind }: SourceReference, namespace: string): string {
  const plural = `${kind.toLowerCase()}s`;
  return `the operator may not read ${kind}s in the namespace "${namespace}"; bind its ServiceAccount to a Role with the verbs get, list and watch on ${plural} there`;
}
