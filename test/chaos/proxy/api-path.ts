/** What a path of the API server is about; of other paths, such as `/readyz` or discovery, nothing is known. */
export interface ApiPath {
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Reads `/api/v1/…` and `/apis/GROUP/VERSION/…`. */
export function parseApiPath(path: string): ApiPath {
  const rest = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(.+?)\/?$/u.exec(path)?.[1];
  if (rest === undefined) return {};
  const parts = rest.split('/').map(decodeURIComponent);
  const [first, namespace, resource, ...below] = parts;
  // A namespace is also an object itself, of the resource `namespaces`.
  if (first === 'namespaces' && namespace !== undefined && resource !== undefined && !isOfNamespace(parts))
    return { ...objectOf(resource, below), namespace };
  return objectOf(first!, parts.slice(1));
}

function isOfNamespace(parts: readonly string[]): boolean {
  return parts.length === 3 && ['status', 'finalize'].includes(parts[2]!);
}

function objectOf(resource: string, [name, subresource]: readonly string[]): ApiPath {
  return {
    resource,
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
