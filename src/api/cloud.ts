import * as z from 'zod';
import { HOST, PORT } from './address.ts';
import { dataKey, objectName } from './references.ts';
import { constrained, matches } from './rule.ts';

const TENANT_URL = new RegExp(`^https://${HOST}(:${PORT})?/?$`, 'u');

const tenantUrl = constrained(
  z.string().max(512),
  'Address of the tenant, such as https://acme.eu.qlikcloud.com: the host name that the tenant was created with, or an alias of it.',
  matches(
    TENANT_URL,
    'tenantUrl must be an https:// address with a host and nothing behind it, such as https://acme.eu.qlikcloud.com',
  ),
);

const clientId = constrained(
  z.string().max(256),
  'Client ID of the OAuth client: type Web, machine-to-machine switched on, consent method Trusted.',
  matches(/^[!-~]+$/u, 'clientId must not be empty or contain spaces or other than ASCII characters'),
);

export const clientSecret = z
  .object({
    secretKeyRef: z
      .object({
        name: objectName(
          'clientSecret.secretKeyRef.name',
          'Secret that holds the client secret. It needs the label kpimailer.io/credentials: "true".',
        ),
        key: dataKey('clientSecret.secretKeyRef.key', 'Key in its data. Default: clientSecret.').default(
          'clientSecret',
        ),
      })
      .meta({ description: 'A key of a Secret in this namespace.' }),
  })
  .meta({ description: 'The client secret of the OAuth client. White space around it is left out.' });

/** `spec.cloud`: a Qlik Cloud tenant, reached as an OAuth client on behalf of nobody (machine-to-machine). */
export const cloud = z
  .object({
    tenantUrl,
    clientId,
    clientSecret,
    webIntegrationId: constrained(
      z.string().max(256),
      'ID of the web integration that browsers embedding Qlik need. Passed on to executions; the operator neither sends nor checks it.',
      matches(
        /^[!-~]+$/u,
        'webIntegrationId must not be empty or contain spaces or other than ASCII characters',
      ),
    ).optional(),
  })
  .meta({ description: 'A Qlik Cloud tenant.' });

export type Cloud = z.output<typeof cloud>;
