import * as z from 'zod';
import type { Metadata } from './metadata.ts';
import { HOST, PORT } from './address.ts';
import { cloud } from './cloud.ts';
import { SERVER_TYPES } from './conditions.ts';
import { duration } from './duration.ts';
import { onPremise } from './onpremise.ts';
import { executions, executionsStatus, MOST_SLOTS } from './executions.ts';
import { keyReference, objectName } from './references.ts';
import { constrained, matches, type Rule } from './rule.ts';
import { conditions, count, text, time } from './status-fields.ts';

const oneSource: Rule<{ configMapKeyRef?: unknown; secretKeyRef?: unknown }> = {
  cel: 'has(self.configMapKeyRef) != has(self.secretKeyRef)',
  holds: (value) => (value.configMapKeyRef === undefined) !== (value.secretKeyRef === undefined),
  message: 'each entry of trust must have exactly one of configMapKeyRef and secretKeyRef',
};

const authorities = z
  .array(
    constrained(
      z.object({
        configMapKeyRef: keyReference('ConfigMap', 'configMapKeyRef', 'ca.crt').optional(),
        secretKeyRef: keyReference('Secret', 'secretKeyRef', 'ca.crt').optional(),
      }),
      'PEM certificates of authorities. Exactly one of configMapKeyRef and secretKeyRef; a Secret needs the label kpimailer.io/credentials: "true".',
      oneSource,
    ),
  )
  .max(16);

const TRUST_HELP = {
  description:
    'Authorities to trust for every endpoint of this server. serverUrl also trusts the public roots; the repository and proxy services trust only these and the authorities that come with the client certificate.',
  'x-kubernetes-list-type': 'atomic',
};

const trust = authorities.default([]).meta(TRUST_HELP);

/** The same where there is something to fall back on. */
export const otherTrust = authorities.optional().meta(TRUST_HELP);

const httpProxy = constrained(
  z.string().max(512),
  'HTTP proxy through which this server is reached (CONNECT), such as http://proxy.corp.example:3128; for all of its endpoints. Default: HTTPS_PROXY of the operator, unless NO_PROXY names the host.',
  matches(
    new RegExp(`^http://${HOST}(:${PORT})?/?$`, 'u'),
    'httpProxy must be an http:// address with a host and nothing behind the port, such as http://proxy.corp.example:3128; user and password are not possible',
  ),
);

const checks = z
  .object({
    interval: duration({
      field: 'checks.interval',
      min: '10s',
      max: '24h',
      default: '5m',
      description: 'Time between checks. Default: 5m.',
    }),
    timeout: duration({
      field: 'checks.timeout',
      min: '5s',
      max: '5m',
      default: '60s',
      description: 'Limit for one whole check. Default: 60s.',
    }),
    retryInterval: duration({
      field: 'checks.retryInterval',
      min: '1s',
      max: '1h',
      default: '30s',
      description:
        'Wait after a failed check; doubles with each failure in a row up to interval. Default: 30s.',
    }),
    failureThreshold: z.int().min(1).max(10).default(3).meta({
      description:
        'Failed checks in a row until Connected turns False, 1 to 10; the first pass turns it True again. Default: 3.',
    }),
    signInProofInterval: duration({
      field: 'checks.signInProofInterval',
      min: '1m',
      max: '24h',
      default: '1h',
      description:
        'Time between sign-in proofs of the virtual proxy, each of which costs a Qlik session for a moment. Default: 1h.',
    }),
    expiryWarningDays: z
      .array(z.int().min(1).max(365))
      .max(8)
      // The API server refuses it by the type of the list.
      .refine(
        (days) => new Set(days).size === days.length,
        'checks.expiryWarningDays must not have a number twice',
      )
      .default([30, 14, 7, 1])
      .meta({
        description:
          'Days before the client certificate expires at which CertificateValid says ExpiresSoon and an event tells of it, 1 to 365 each; empty: no warning. Default: 30, 14, 7 and 1.',
        'x-kubernetes-list-type': 'set',
      }),
  })
  .prefault({})
  .meta({ description: 'When and how the connection is checked.' });

const appSync = z
  .object({
    enabled: z.boolean().default(true).meta({
      description:
        'Whether the published apps of this server are kept as QlikApp objects. With false the ones that exist stay as they are. Default: true.',
    }),
    interval: duration({
      field: 'appSync.interval',
      min: '10s',
      max: '24h',
      default: '15m',
      description:
        'Time between syncs; the annotation kpimailer.io/syncRequestedAt asks for one now. Default: 15m.',
    }),
    publishedIn: z
      .array(z.string().min(1).max(512))
      .max(256)
      // The API server refuses it by the type of the list.
      .refine((names) => new Set(names).size === names.length, 'publishedIn must not have a name twice')
      .default([])
      .meta({
        description:
          'Names of the streams or spaces whose apps are kept, exactly as in Qlik. Empty: all. While one of them does not exist, nothing is removed.',
        'x-kubernetes-list-type': 'set',
      }),
    removalGrace: duration({
      field: 'appSync.removalGrace',
      min: '0s',
      max: '720h',
      default: '1h',
      description: 'How long an app that is not listed any more is kept; 0s removes it at once. Default: 1h.',
    }),
  })
  .prefault({})
  .meta({ description: 'How the catalogue of published apps is kept.' });

const branchOfType: Rule<{ type: string; onPremise?: unknown; cloud?: unknown }> = {
  cel: `self.type == 'Cloud' ? has(self.cloud) && !has(self.onPremise) : has(self.onPremise) && !has(self.cloud)`,
  holds: ({ type, onPremise, cloud }) => {
    const [wanted, other] = type === 'Cloud' ? [cloud, onPremise] : [onPremise, cloud];
    return wanted !== undefined && other === undefined;
  },
  message:
    'exactly one branch must be set, the one of type: onPremise when type is OnPremise, cloud when it is Cloud',
};

const binding = z
  .object({
    secretName: objectName(
      'binding.secretName',
      'Secret in this namespace that the operator makes and owns. One that exists is taken if it is empty and has the label kpimailer.io/credentials: "true".',
    ),
  })
  .meta({
    description:
      'Where executions find their credentials: only what has passed every check is written there, so that a bad new credential never reaches them. Default: none is written.',
  });

/** `QlikServer.spec`: what a user writes. The source of the type, of the CRD and of the defaults. */
export const qlikServerSpec = constrained(
  z.object({
    type: z.enum(SERVER_TYPES).meta({
      description: 'Kind of Qlik server. Cannot be changed; create another QlikServer instead.',
      'x-kubernetes-validations': [
        { rule: 'self == oldSelf', message: 'type cannot be changed; create another QlikServer instead' },
      ],
    }),
    displayName: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .meta({ description: 'Name for people. Default: the name of the object.' }),
    suspend: z.boolean().default(false).meta({
      description:
        'Stop checking this server, syncing its apps and admitting executions. Verdicts stay as they are, and what runs goes on. Default: false.',
    }),
    readiness: z.enum(['Connected', 'Configured']).default('Connected').meta({
      description:
        'What Ready means to whoever waits for it. Connected: every check passes. Configured: the configuration is complete and no check needs a human, so that a deployment does not wait for a server that is down. Default: Connected.',
    }),
    onPremise: onPremise.optional(),
    cloud: cloud.optional(),
    trust,
    httpProxy: httpProxy.optional(),
    maxParallelExecutions: z.int().min(1).max(MOST_SLOTS).default(4).meta({
      description:
        'Slots: how many executions may run against this server at once, 1 to 64; can be changed at any time, what runs goes on. Qlik allows an account five sessions. Default: 4.',
    }),
    checks,
    appSync,
    executions,
    binding: binding.optional(),
  }),
  'The wanted connection to a Qlik server.',
  branchOfType,
);

export type QlikServerSpec = z.output<typeof qlikServerSpec>;

/** `QlikServer.status`: what the operator found. */
export const qlikServerStatus = z
  .object({
    observedGeneration: z
      .int()
      .optional()
      .meta({ description: 'The metadata.generation this status was written for; -1: not seen yet.' }),
    conditions: conditions(24, 'Verdicts; docs/qlikserver.md explains each and what to do about it.'),
    checks: z
      .object({
        summary: text(
          16,
          'Passed checks of all checks, such as 4/5. Live, while Connected waits for the failure threshold.',
        ),
        lastTime: time(
          'When the connection was last checked, as of the last write of this status: up to the larger of 10 minutes and the interval behind.',
        ),
        duration: text(32, 'How long that check took.'),
        failingSince: time('When the first of the failures in a row was seen.'),
        signInProvedTime: time('When a sign-in through the virtual proxy was last proved.'),
        connectionFingerprint: text(
          16,
          'Identifies the connection these verdicts are about: a hash over its fields and all its material.',
        ),
      })
      .optional()
      .meta({ description: 'Figures of the connection checks.' }),
    endpoint: text(512, 'Address the checks are made against.'),
    product: z
      .object({
        name: text(128, 'Name of the product.'),
        version: text(64, 'Version the site reports.'),
        id: text(64, 'Identifier of the site, where it reports one.'),
      })
      .optional()
      .meta({ description: 'What answered.' }),
    credential: z
      .object({
        state: z.enum(['Current', 'CandidateRejected', 'CandidateUnproven']).meta({
          description:
            'Current: what the Secrets hold is what was judged. CandidateUnproven: new contents could not be judged yet, the verdicts are about the old ones. CandidateRejected: new contents were judged and rejected.',
        }),
        message: text(
          2048,
          'Why new contents are not in use, while executions keep the former ones (spec.binding).',
        ),
        nextAttemptTime: time('When rejected credentials are tried again, unless they change before.'),
      })
      .optional()
      .meta({ description: 'Where the credentials in the Secrets stand.' }),
    certificate: z
      .object({
        subject: text(512, 'Subject of the client certificate.'),
        issuer: text(512, 'Issuer of the client certificate.'),
        notAfter: time('When the client certificate expires.'),
        fingerprint: text(128, 'SHA-256 fingerprint of the client certificate.'),
      })
      .optional()
      .meta({ description: 'The client certificate in use.' }),
    appSync: z
      .object({
        lastTime: time('When the apps were last synced completely: how old the list is.'),
        lastAttemptTime: time('When the last sync that came to an end was begun, complete or not.'),
        apps: count('QlikApps of this server, those that are missing included.'),
        added: count('Apps added by the last sync that changed anything.'),
        changed: count('Apps changed by it, those that became missing or were found again included.'),
        removed: count('Apps removed by it.'),
        duration: text(32, 'How long the last complete sync took.'),
      })
      .optional()
      .meta({ description: 'Figures of the catalogue of published apps.' }),
    executions: executionsStatus,
    binding: z
      .object({ name: text(253, 'Name of that Secret.') })
      .optional()
      .meta({
        description:
          'The Secret of spec.binding once it holds a connection (Provisioned Service of the Service Binding specification).',
      }),
    lastHandledSyncAt: text(
      256,
      'The last value of the annotation kpimailer.io/syncRequestedAt that was acted on.',
    ),
    lastHandledReconcileAt: text(
      256,
      'The last value of the annotation kpimailer.io/requestedAt that was acted on.',
    ),
  })
  .meta({ description: 'What the operator found.' });

export type QlikServerStatus = z.output<typeof qlikServerStatus>;

/** A QlikServer as it is read from the API server: its spec has all defaults. */
export interface QlikServer {
  readonly apiVersion: string;
  readonly kind: 'QlikServer';
  readonly metadata: Metadata & { readonly generation: number };
  readonly spec: QlikServerSpec;
  readonly status?: QlikServerStatus;
}
