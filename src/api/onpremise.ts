import * as z from 'zod';
import { HOST, PORT } from './address.ts';
import { dataKey, objectName } from './references.ts';
import { constrained, matches, type Rule } from './rule.ts';

const SEGMENT = '[a-z0-9._~-]+';
const SERVER_URL = new RegExp(`^https://${HOST}(:${PORT})?(/${SEGMENT})*/?$`, 'u');
const ACCOUNT_PART = String.raw`[^\x00-\x20\x7f\\]([^\x00-\x1f\x7f\\]*[^\x00-\x20\x7f\\])?`;

const serverUrl = constrained(
  z.string().max(512),
  'Address of the Qlik proxy as users reach it, such as https://qlik.corp.example/kpi. Its first path segment is the prefix of the virtual proxy; without a path the default virtual proxy is used.',
  matches(
    SERVER_URL,
    'serverUrl must be an https:// address with a host, an optional port and a lower case path, without user info, query or fragment, such as https://qlik.corp.example/kpi',
  ),
);

function account(field: string, description: string) {
  return constrained(
    z.string().max(256),
    description,
    matches(
      new RegExp(`^${ACCOUNT_PART}$`, 'u'),
      `${field} must not be empty, contain a backslash or control character, or begin or end with a space; directory and user have a field each`,
    ),
  );
}

function host(field: string, description: string) {
  return constrained(
    z.string().max(253),
    description,
    matches(
      new RegExp(`^${HOST}$`, 'u'),
      `${field} must be a host name or IP address alone: no scheme, port or path`,
    ),
  );
}

const port = (description: string) => z.int().min(1).max(65_535).meta({ description });

const pkcs12 = z
  .object({
    secretName: objectName(
      'pkcs12.secretName',
      'Secret that holds the file. It needs the label kpimailer.io/credentials: "true".',
    ),
    key: dataKey('pkcs12.key', 'Key of the .pfx or .p12 file. Default: client.pfx.').default('client.pfx'),
    passwordKey: dataKey('pkcs12.passwordKey', 'Key of the password of the file. Default: password.').default(
      'password',
    ),
    passwordSecretName: objectName(
      'pkcs12.passwordSecretName',
      'Secret that holds the password, where it is not the one of the file. It needs the same label.',
    ).optional(),
  })
  .meta({
    description: 'A PKCS#12 file (.pfx, .p12) with its private key, as the QMC exports it in Windows format.',
  });

const tls = z
  .object({
    secretName: objectName(
      'tls.secretName',
      'Secret of type kubernetes.io/tls. It needs the label kpimailer.io/credentials: "true".',
    ),
  })
  .meta({
    description:
      'A kubernetes.io/tls Secret: tls.crt, tls.key and optionally ca.crt, the authority of the Qlik site.',
  });

const oneCertificate: Rule<{ pkcs12?: unknown; tls?: unknown }> = {
  cel: 'has(self.pkcs12) != has(self.tls)',
  holds: (value) => (value.pkcs12 === undefined) !== (value.tls === undefined),
  message: 'clientCertificate must have exactly one of pkcs12 and tls',
};

export const clientCertificate = constrained(
  z.object({ pkcs12: pkcs12.optional(), tls: tls.optional() }),
  'The client certificate of the Qlik site, exported from the QMC with its private key. Exactly one of pkcs12 and tls.',
  oneCertificate,
);

const repositoryService = z
  .object({
    host: host(
      'repositoryService.host',
      'Host of the repository service (QRS). Default: the host of serverUrl.',
    ).optional(),
    port: port('Port of the repository service. Default: 4242.').default(4242),
    tlsServerName: host(
      'repositoryService.tlsServerName',
      'Name expected in the certificate of the repository service, where it is not the host: Qlik often issues it for the short machine name.',
    ).optional(),
    adminUser: constrained(
      z.string().max(512),
      String.raw`Account used to look up users and virtual proxies, as DIRECTORY\user. Default: INTERNAL\sa_api, which every site has.`,
      matches(
        new RegExp(String.raw`^${ACCOUNT_PART}\\${ACCOUNT_PART}$`, 'u'),
        String.raw`repositoryService.adminUser must be a directory, one backslash and a user, such as INTERNAL\sa_api`,
      ),
    ).default(String.raw`INTERNAL\sa_api`),
  })
  .prefault({})
  .meta({ description: 'Where the repository service (QRS) of the site listens, and as whom to ask it.' });

const proxyService = z
  .object({
    host: host(
      'proxyService.host',
      'Host of the proxy service (QPS). Default: the one the site itself names, if it is the host of serverUrl or equals it after removing the first label.',
    ).optional(),
    port: port('Port of the proxy service. Default: the one the site itself names, else 4243.').optional(),
    tlsServerName: host(
      'proxyService.tlsServerName',
      'Name expected in the certificate of the proxy service, where it is not the host.',
    ).optional(),
  })
  .prefault({})
  .meta({ description: 'Where the proxy service (QPS) of the site listens.' });

const pathNeedsPrefix: Rule<{ serverUrl: string; virtualProxyPrefix?: string | undefined }> = {
  cel: `has(self.virtualProxyPrefix) || !self.serverUrl.matches('^https://[^/]+/[^/]+/[^/]')`,
  holds: (value) =>
    value.virtualProxyPrefix !== undefined || !/^https:\/\/[^/]+\/[^/]+\/[^/]/u.test(value.serverUrl),
  message:
    'serverUrl must have at most one path segment, the prefix of the virtual proxy; where a load balancer rewrites the path, set virtualProxyPrefix',
};

/** `spec.onPremise`: a Qlik Sense Enterprise on Windows site. Sources of the Qlik facts: docs/qlikserver.md. */
export const onPremise = constrained(
  z.object({
    serverUrl,
    userDirectory: account('userDirectory', 'User directory of the service account, such as CORP.'),
    serviceAccountUser: account(
      'serviceAccountUser',
      'User id of the service account, without its directory. Executions act as this user; it needs the RootAdmin role.',
    ),
    clientCertificate,
    virtualProxyPrefix: constrained(
      z.string().max(128),
      'Prefix of the virtual proxy, where a load balancer rewrites the path of serverUrl; "" is the default virtual proxy. Default: the first path segment of serverUrl.',
      matches(
        new RegExp(`^(${SEGMENT})?$`, 'u'),
        'virtualProxyPrefix must be one path segment of lower case letters, digits, ".", "_", "~" and "-", without a slash',
      ),
    ).optional(),
    repositoryService,
    proxyService,
    virtualProxyCheck: z.enum(['SignIn', 'Configuration']).default('SignIn').meta({
      description:
        'How VirtualProxyReady is judged. SignIn: the service account signs in with a ticket of the proxy service (costs a Qlik session for a moment). Configuration: the configuration is read, nothing is proved. Default: SignIn.',
    }),
    insecureSkipTlsVerify: z.boolean().default(false).meta({
      description:
        'Accept any certificate from the servers of this site. Whoever can intercept the connection can then act as the site: prefer trust and tlsServerName. Default: false.',
    }),
  }),
  'A Qlik Sense Enterprise on Windows site.',
  pathNeedsPrefix,
);

export type OnPremise = z.output<typeof onPremise>;
