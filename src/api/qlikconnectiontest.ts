import * as z from 'zod';
import { clientSecret } from './cloud.ts';
import { CHECKS } from './conditions.ts';
import { duration } from './duration.ts';
import type { Metadata } from './metadata.ts';
import { clientCertificate } from './onpremise.ts';
import { otherTrust, qlikServerSpec } from './qlikserver.ts';
import { objectName } from './references.ts';
import { constrained, type Rule } from './rule.ts';
import { conditions, text, time } from './status-fields.ts';

interface Tested {
  serverRef?: unknown;
  server?: unknown;
  clientCertificate?: unknown;
  clientSecret?: unknown;
  trust?: unknown;
}

const oneServer: Rule<Tested> = {
  cel: 'has(self.serverRef) != has(self.server)',
  holds: ({ serverRef, server }) => (serverRef === undefined) !== (server === undefined),
  message: 'exactly one of serverRef and server must be set',
};

const overrides: Rule<Tested> = {
  cel: 'has(self.serverRef) || !(has(self.clientCertificate) || has(self.clientSecret) || has(self.trust))',
  holds: (value) =>
    value.serverRef !== undefined ||
    [value.clientCertificate, value.clientSecret, value.trust].every((field) => field === undefined),
  message:
    'clientCertificate, clientSecret and trust replace those of serverRef; with server, state them in there',
};

const oneCredential: Rule<Tested> = {
  cel: '!(has(self.clientCertificate) && has(self.clientSecret))',
  holds: (value) => value.clientCertificate === undefined || value.clientSecret === undefined,
  message:
    'at most one of clientCertificate (of a site) and clientSecret (of a tenant) must be set, the one of the type of the server',
};

/** `QlikConnectionTest.spec`: which connection is tried. */
export const qlikConnectionTestSpec = constrained(
  z.object({
    serverRef: z
      .object({ name: objectName('serverRef.name', 'Name of the QlikServer, in this namespace.') })
      .optional()
      .meta({ description: 'The QlikServer that is tried, as it is now.' }),
    server: qlikServerSpec.optional().meta({
      description: 'The spec of a QlikServer that is not applied yet. Exactly one of serverRef and server.',
    }),
    clientCertificate: clientCertificate.optional().meta({
      description: 'A client certificate to try instead of the one of serverRef.',
    }),
    clientSecret: clientSecret.optional().meta({
      description: 'A client secret to try instead of the one of serverRef.',
    }),
    trust: otherTrust,
    secretWait: duration({
      field: 'secretWait',
      min: '0s',
      max: '10m',
      default: '2m',
      description:
        'How long a Secret, ConfigMap or QlikServer that does not exist is waited for: in one release they may come in any order. Default: 2m.',
    }),
    ttlSecondsAfterFinished: z.int().min(0).max(2_592_000).optional().meta({
      description: 'Seconds after the end when the object is deleted, up to 30 days. Default: it is kept.',
    }),
  }),
  'The connection to try.',
  oneServer,
  overrides,
  oneCredential,
);

export type QlikConnectionTestSpec = z.output<typeof qlikConnectionTestSpec>;

/** `QlikConnectionTest.status`: what was found. */
export const qlikConnectionTestStatus = z
  .object({
    observedGeneration: z
      .int()
      .optional()
      .meta({ description: 'The metadata.generation this status was written for; -1: not seen yet.' }),
    conditions: conditions(
      16,
      'Ready: every check passes. Stalled: the test has ended otherwise. Besides one for each check, as of a QlikServer.',
    ),
    checks: z
      .object({
        summary: text(16, 'Passed checks of all checks, such as 4/5.'),
        duration: text(32, 'How long all of them took together.'),
        durations: z
          .array(
            z.object({
              check: z.enum(CHECKS).meta({ description: 'Name of the check.' }),
              duration: z.string().max(32).meta({ description: 'How long it took.' }),
            }),
          )
          .max(8)
          .optional()
          .meta({
            description: 'How long each check that was made took.',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['check'],
          }),
      })
      .optional()
      .meta({ description: 'Figures of the checks.' }),
    endpoint: text(512, 'Address that was tried.'),
    product: text(192, 'What answered, with its version.'),
    certificate: z
      .object({
        subject: text(512, 'Subject of the client certificate.'),
        notAfter: time('When the client certificate expires.'),
      })
      .optional()
      .meta({ description: 'The client certificate that was tried.' }),
    startTime: time('When the operator first saw the test.'),
    completionTime: time('When the test ended. It is never made again.'),
  })
  .meta({ description: 'What was found.' });

export type QlikConnectionTestStatus = z.output<typeof qlikConnectionTestStatus>;

/** A QlikConnectionTest as it is read from the API server: its spec has all defaults. */
export interface QlikConnectionTest {
  readonly apiVersion: string;
  readonly kind: 'QlikConnectionTest';
  readonly metadata: Metadata & { readonly generation: number; readonly creationTimestamp: string };
  readonly spec: QlikConnectionTestSpec;
  readonly status?: QlikConnectionTestStatus;
}
