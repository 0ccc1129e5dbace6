import { CHECKS, type CheckName } from '../../../src/api/conditions.ts';
import { API_VERSION } from '../../../src/api/group.ts';
import { type QlikServer, qlikServerSpec } from '../../../src/api/qlikserver.ts';
import type { Material } from '../../../src/connections/material.ts';
import type { CheckReport, Outcome, Pass, QlikConnection } from '../../../src/qlik/connector.ts';
import type { FailureKind } from '../../../src/qlik/failure.ts';
import { desiredStatus } from '../../../src/reconcilers/server/desired-status.ts';
import { afterCheck, type FinishedCheck } from '../../../src/reconcilers/server/judge.ts';
import { restoredState, type ServerState } from '../../../src/reconcilers/server/state.ts';
import type { Known } from '../../../src/reconcilers/server/summary.ts';
import { notRun } from '../../../src/reconcilers/server/verdict.ts';
import type { Json } from './api.ts';

/** The moment at which the examples take place. */
export const NOON = Date.parse('2026-05-04T12:00:00Z');
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** A QlikServer as the API server gives it, for tests of pure code; `checks` is merged into the usual ones. */
export function exampleServer(
  spec: Json = {},
  { metadata = {}, status }: { readonly metadata?: Json; readonly status?: QlikServer['status'] } = {},
): QlikServer {
  return {
    apiVersion: API_VERSION,
    kind: 'QlikServer',
    metadata: {
      name: 'finance',
      namespace: 'kpi',
      uid: '6f0a4a0e-0000-4000-8000-000000000001',
      resourceVersion: '1',
      generation: 1,
      ...metadata,
    },
    spec: qlikServerSpec.parse({
      type: 'OnPremise',
      onPremise: {
        serverUrl: 'https://qlik.corp.example/kpi',
        userDirectory: 'CORP',
        serviceAccountUser: 'svc_kpi',
        clientCertificate: { pkcs12: { secretName: 'client' } },
      },
      ...spec,
    }),
    status: status ?? { observedGeneration: -1 },
  };
}

/** A server nothing is known of. */
export function unjudged(server: QlikServer): ServerState {
  return restoredState({ ...server, status: { observedGeneration: -1 } }, NOON);
}

const PASS: Readonly<Record<CheckName, Pass>> = {
  ServerReachable: 'Reachable',
  Authenticated: 'CertificateAccepted',
  UserExists: 'UserFound',
  RootAdmin: 'RoleAssigned',
  VirtualProxyReady: 'SignInProven',
};

/** A report in which one check fails, and those behind it are not run; without arguments all pass. */
export function exampleReport(failing?: CheckName, kind: FailureKind = 'ConnectionRefused'): CheckReport {
  const last = failing === 'RootAdmin' ? 'VirtualProxyReady' : undefined;
  const at = failing === undefined ? CHECKS.length : CHECKS.indexOf(failing);
  const outcome = (check: CheckName, position: number): Outcome => {
    if (position < at || check === last) return { kind: 'passed', pass: PASS[check], detail: 'it works' };
    if (check !== failing) return { kind: 'notRun', because: failing! };
    const failure = { kind, phase: 'tcp', endpoint: 'qlik.corp.example:4242', detail: 'refused' } as const;
    return { kind: 'failed', failure };
  };
  return {
    outcomes: new Map(CHECKS.map((check, position) => [check, outcome(check, position)])),
    durations: new Map(CHECKS.map((check) => [check, 10])),
    product: { name: 'Qlik Sense', version: '31.60' },
    signInProved: failing === undefined || failing === 'RootAdmin',
    errors: [],
  };
}

/** A connection without a catalogue. */
export function exampleConnection(check: QlikConnection['check']): QlikConnection {
  return {
    check,
    listApps: () => Promise.resolve({ kind: 'complete', places: new Set<string>(), seesAll: true }),
    appsHint: () => Promise.resolve('0'),
  };
}

export function exampleMaterial(fingerprint = '0123456789abcdef') {
  return {
    connection: exampleConnection(() => Promise.resolve(exampleReport())),
    certificate: {
      subject: 'CN=QlikClient',
      issuer: 'CN=site-CA',
      notBefore: new Date(NOON - 1000 * MINUTE),
      notAfter: new Date(NOON + 365 * 24 * 60 * MINUTE),
      fingerprint: 'AA:BB',
    },
    fingerprint,
    redact: (text) => text,
    binding: () => Promise.resolve({}),
  } satisfies Material;
}

/** The state after one more check. */
export function checked(
  server: QlikServer,
  state: ServerState,
  check: Partial<FinishedCheck> = {},
): ServerState {
  return afterCheck(state, server.spec, {
    report: exampleReport(),
    material: exampleMaterial(),
    at: NOON,
    duration: 100,
    random: 0.5,
    ...check,
  });
}

/** The server as it is read after its status was written. */
export function written(server: QlikServer, state: ServerState, now = NOON): QlikServer {
  return { ...server, status: desiredStatus(server, known(state), now) };
}

/** All that a status is made of, where the apps have never been synced and nobody runs anything. */
export function known(state: ServerState): Known {
  const verdict = notRun('the apps have not been synced yet');
  return {
    state,
    apps: { uid: state.uid, verdict, figures: undefined, handledRequest: undefined },
    executions: {
      uid: state.uid,
      limit: 4,
      running: 0,
      queued: 0,
      oldestQueuedSince: undefined,
      isRebuilding: false,
    },
    sharedWith: [],
  };
}
