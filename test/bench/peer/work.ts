import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { REQUESTED_AT_ANNOTATION } from '../../../src/api/group.ts';
import { until } from '../../controlplane/until.ts';
import { type Json, PATHS } from '../../integration/server/api.ts';
import type { Lab } from '../../integration/server/lab.ts';
import { Place } from '../../integration/server/place.ts';
import type { Counters, Responder } from '../responder/responder.ts';

/** So rarely that nothing happens by itself. */
const RARELY = { interval: '1h', retryInterval: '1h' };
const ROUTINE_CHECKS = 5;

/** Something that checks QlikServers: the operator or its peer. */
export interface Checker {
  get(path: string): Promise<{ readonly text: string }>;
}

/** What one check asked of the site. */
export type Work = Pick<Counters, 'handshakes' | 'requests' | 'byPath'>;

/** A namespace with the server `qlik`, whose site is a responder. */
export class BenchPlace extends Place {
  readonly responder: Responder;

  private constructor(lab: Lab, namespace: string, responder: Responder) {
    super(lab, namespace);
    this.responder = responder;
  }

  /** With everything that a working server needs, and the server itself. */
  static async withServer(lab: Lab, responder: Responder): Promise<BenchPlace> {
    const place = new BenchPlace(lab, await Place.make(lab), responder);
    await place.createTrust(responder.file('ca.crt').toString());
    await place.addSecret('client', {
      'client.pfx': responder.file('client.pfx'),
      password: responder.file('password'),
    });
    await place.addServer({ ...responder.spec, checks: RARELY });
    return place;
  }

  /** Asks for a check that proves everything anew; resolves when it has been made. */
  async requestCheck(value: string, checks: Json = RARELY): Promise<QlikServer> {
    await this.lab.api.patch(`${PATHS.servers(this.namespace)}/qlik`, {
      metadata: { annotations: { [REQUESTED_AT_ANNOTATION]: value } },
      spec: { checks },
    });
    return this.see(`the request ${value} is handled`, ({ status, metadata }) => {
      const isSeen = status?.observedGeneration === metadata.generation;
      return isSeen && status.lastHandledReconcileAt === value;
    });
  }
}

/** How many checks have passed, of all servers. */
export async function passedChecks(checker: Checker): Promise<number> {
  const { text } = await checker.get('/metrics');
  return Number(/^qlik_check_duration_seconds_count\{result="passed"\} (\d+)$/mu.exec(text)?.[1] ?? 0);
}

/** What a check of each sort costs the site, and the status in the end. */
export interface Measured {
  readonly first: Work;
  readonly requested: Work;
  readonly routine: Work;
  readonly server: QlikServer;
}

/**
 * Has a checker that knows no server yet make a first check, a requested one, and some in the rhythm. A request ends
 * the rhythm, so that no check is under way when the counters are read.
 */
export async function measureWork(lab: Lab, responder: Responder, checker: Checker): Promise<Measured> {
  const before = await responder.counters();
  const place = await BenchPlace.withServer(lab, responder);
  await place.seeReady('True', 'ChecksPassed');
  const afterFirst = await responder.counters();
  await place.requestCheck('once more');
  const afterRequest = await responder.counters();
  const checks = await passedChecks(checker);
  await place.edit({ checks: { interval: '1s' } });
  await until('checks in the rhythm', async () => (await passedChecks(checker)) >= checks + ROUTINE_CHECKS);
  const server = await place.requestCheck('at last');
  const requested = difference(afterRequest, afterFirst);
  const rhythm = difference(difference(await responder.counters(), afterRequest), requested);
  const routineChecks = (await passedChecks(checker)) - checks - 1;
  await place.remove();
  return {
    first: difference(afterFirst, before),
    requested,
    routine: divided(rhythm, routineChecks),
    server,
  };
}

function difference(after: Work, before: Work): Work {
  return combined(after, (path) => (after.byPath[path] ?? 0) - (before.byPath[path] ?? 0), {
    handshakes: after.handshakes - before.handshakes,
    requests: after.requests - before.requests,
  });
}

function divided(work: Work, count: number): Work {
  return combined(work, (path) => (work.byPath[path] ?? 0) / count, {
    handshakes: work.handshakes / count,
    requests: work.requests / count,
  });
}

function combined(
  { byPath }: Work,
  countOf: (path: string) => number,
  sums: Pick<Work, 'handshakes' | 'requests'>,
): Work {
  const counts = Object.keys(byPath)
    .map((path) => [path, countOf(path)] as const)
    .filter(([, count]) => count !== 0);
  return { ...sums, byPath: Object.fromEntries(counts) };
}
