import { beforeAll, describe, expect, test } from 'vitest';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { until } from '../../controlplane/until.ts';
import { useLab } from '../../integration/server/lab.ts';
import { peerProgram, responderProgram } from '../programs.ts';
import { Responder } from '../responder/responder.ts';
import { Peer } from './peer.ts';
import { BenchPlace, type Measured, measureWork } from './work.ts';

const lab = useLab();

// The first build on a machine downloads and compiles client-go.
beforeAll(async () => {
  await responderProgram();
  await peerProgram();
}, 600_000);

/** Every check: both ports at once, then the repository. */
const ROUTINE = {
  handshakes: 2,
  requests: 9,
  byPath: {
    'GET /kpi/': 1,
    'GET /qrs/about': 2,
    'GET /qrs/app/count': 2,
    'GET /qrs/proxyservice/full': 1,
    'GET /qrs/servicestatus/full': 1,
    'GET /qrs/user/full': 1,
    'GET /qrs/virtualproxyconfig/full': 1,
  },
};

/** With a sign-in: a ticket of the proxy service, redeemed and given up at serverUrl. */
const WITH_SIGN_IN = {
  handshakes: 4,
  requests: 13,
  byPath: {
    ...ROUTINE.byPath,
    'GET /qps/kpi/user/CORP/svc_kpi': 1,
    'POST /qps/kpi/ticket': 1,
    'GET /kpi/qps/user': 1,
    'DELETE /kpi/qps/user': 1,
  },
};

/** The peer knows neither apps nor executions. */
const BEYOND: ReadonlySet<string> = new Set(['AppsSynced', 'ExecutionsWithinLimit']);

/** A status without what differs from one run to the next. */
function comparable({ status }: QlikServer): unknown {
  const { conditions = [], checks, executions: _executions, ...rest } = status ?? {};
  return {
    ...rest,
    summary: checks?.summary,
    figures: Object.keys(checks ?? {}).sort(),
    conditions: conditions
      .filter(({ type }) => !BEYOND.has(type))
      .map(({ lastTransitionTime: _at, ...condition }) => condition),
  };
}

async function startPeer(name: string): Promise<Peer> {
  const { keeper, kubeconfig } = lab().controlPlane;
  return Peer.start(keeper, name, kubeconfig, ['--log-level=debug']);
}

describe('the operator and its peer', () => {
  let responder: Responder;
  let operator: Measured;
  let peer: Peer;
  let ofPeer: Measured;

  // One after the other: both would write to the same objects.
  beforeAll(async () => {
    responder = await Responder.start(lab().controlPlane.keeper, 'responder');
    operator = await measureWork(lab(), responder, lab().operator);
    await lab().operator.end();
    peer = await startPeer('peer');
    ofPeer = await measureWork(lab(), responder, peer);
  });

  test('make every check pass', () => {
    expect(operator.server.status?.checks?.summary).toBe('5/5');
    expect(ofPeer.server.status?.checks?.summary).toBe('5/5');
  });

  test.for(['first', 'requested'] as const)('ask the same with a %s check', (sort) => {
    expect(operator[sort]).toEqual(WITH_SIGN_IN);
    expect(ofPeer[sort]).toEqual(WITH_SIGN_IN);
  });

  test('ask the same with a check in the rhythm', () => {
    expect(operator.routine).toEqual(ROUTINE);
    expect(ofPeer.routine).toEqual(ROUTINE);
  });

  test('agree on the TLS key exchange and cipher suite', async () => {
    const { byTls } = await responder.counters();
    expect(Object.keys(byTls)).toHaveLength(1);
  });

  test('write the same status', () => {
    expect(comparable(ofPeer.server)).toEqual(comparable(operator.server));
  });

  test('say nothing secret', async () => {
    const { text } = await peer.get('/metrics');
    for (const secret of [responder.file('password').toString(), 'canned-ticket-00', 'xrfkey']) {
      expect(peer.logText).not.toContain(secret);
      expect(text).not.toContain(secret);
    }
  });

  test('end when told to', async () => {
    expect(await peer.end()).toEqual({ code: 0, signal: null });
  });
});

describe('the peer', () => {
  test('checks nothing after a restart before its time, and tells a failure from a verdict', async () => {
    const responder = await startResponder('restart-responder');
    const before = await startPeer('before');
    const place = await BenchPlace.withServer(lab(), responder);
    const { metadata } = await place.seeReady('True', 'ChecksPassed');
    await before.end();
    const counters = await responder.counters();

    const after = await startPeer('after');
    const reconciled = /^controller_runtime_reconcile_total\{.*result="requeue_after"\} [1-9]/mu;
    await until('the server is looked at', async () => reconciled.test((await after.get('/metrics')).text));
    expect(await responder.counters()).toEqual(counters);
    expect((await place.read()).metadata.resourceVersion).toBe(metadata.resourceVersion);

    await responder.end();
    const { status } = await place.requestCheck('without a site');
    const reasons = Object.fromEntries(status?.conditions?.map(({ type, reason }) => [type, reason]) ?? []);
    expect(status?.checks).toMatchObject({ summary: '0/5', failingSince: expect.any(String) });
    expect(reasons).toMatchObject({ Ready: 'ChecksPassed', ServerReachable: 'ConnectionRefused' });
    await place.remove();
    expect(await after.end()).toEqual({ code: 0, signal: null });
  });

  test('announces a first check only if that takes long', async () => {
    const responder = await startResponder('slow-responder', ['--latency=200ms']);
    const peer = await startPeer('patient');
    const place = await BenchPlace.withServer(lab(), responder);
    await place.seeReady('Unknown', 'Progressing');
    await place.seeReady('True', 'ChecksPassed');
    expect((await peer.get('/metrics')).text).toContain('\nqlik_status_writes_total 2\n');
    expect(await peer.end()).toEqual({ code: 0, signal: null });
  });

  function startResponder(name: string, args: readonly string[] = []): Promise<Responder> {
    return Responder.start(lab().controlPlane.keeper, name, args);
  }
});
