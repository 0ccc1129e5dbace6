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

export interface SourceReader {
  /** Whether a watch of labelled Secrets has brought it. */
  readonly isWatched: (reference: SourceReference) => boolean;
  /** What to do where the operator may not read a source. */
  readonly remedy: (reference: SourceReference) => string;
}

/**
 * Reads Secrets and ConfigMaps of a namespace. The contents of a Secret are asked for only if it has the label, which
 * is asked first unless a watch of labelled ones has brought it.
 */
export function readSourceFrom(
  rest: ApiClient,
  namespace: string,
  { isWatched, remedy }: SourceReader,
): ReadSource {
  return async (reference) => {
    const isSecret = reference.kind === 'Secret';
    const path = objectPath(isSecret ? SECRETS : CONFIG_MAPS, { namespace, name: reference.name });
    try {
      if (isSecret && !isWatched(reference)) {
        const { metadata } = await rest.request<Contents>({ method: 'GET', path, accept: METADATA });
        const labels = metadata.labels ?? {};
        if (labels[CREDENTIALS_LABEL.name] !== CREDENTIALS_LABEL.value)
          return { state: 'present', labels, data: {} };
      }
      return decoded(reference, await rest.request<Contents>({ method: 'GET', path }));
    } catch (error) {
      if (hasCode(error, 404)) return { state: 'absent' };
      if (hasCode(error, 403)) return { state: 'denied', remedy: remedy(reference) };
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
