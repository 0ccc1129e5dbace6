/** What a client needs to reach an API server as its admin. */
export interface Access {
  readonly url: string;
  /** PEM */
  readonly ca: string;
  readonly token: string;
}

/** A kubeconfig with everything inside it. It is JSON, which every reader of YAML takes. */
export function kubeconfig({ url, ca, token }: Access): string {
  const name = 'control-plane';
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
      ],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
      'current-context': name,
    },
    undefined,
    2,
  );
}
