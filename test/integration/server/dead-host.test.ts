import { expect, test } from 'vitest';
import type { AuditEntry } from '../../controlplane/audit.ts';
import { Crowd } from './crowd.ts';
import { useLab } from './lab.ts';
import type { LogLine } from './operator.ts';
import { mostWithin } from './rate.ts';
import { World } from './world.ts';

const SERVERS = 200;
/** Milliseconds from one first check to the next. */
const PACE = 100;
const INTERVAL = 12_000;
/** Checks in flight that nobody waits for in person: seven eighths of what the chart has. */
const ROUTINE = 28;
/** It takes a minute, or several on a machine that others keep busy. */
const TIMEOUT = 300_000;
const lab = useLab();

/** Five minutes and half a minute, but 25 and 30 times as fast; still faster, and a busy machine could not do the checks. */
const CHECKS = { interval: `${INTERVAL}ms`, retryInterval: '1s', failureThreshold: 3 };
const EVERY_SECOND = { interval: '1s', retryInterval: '1s' };

test(
  '200 servers of a dead host tell it once each, and others stay on schedule',
  async () => {
    await using healthy = await World.withServer(lab(), { wishes: { checks: EVERY_SECOND } });
    const { metadata: witness } = await healthy.seeReady('True', 'ChecksPassed');
    const created = Date.now();
    // Signing in is left out: three sessions of the one account at a time would let the recoveries wait for each other.
    const wishes = { checks: CHECKS, onPremise: { virtualProxyCheck: 'Configuration' } };
    await using crowd = await Crowd.create(lab(), SERVERS, wishes);
    await crowd.seeAll('True', 'Normal Connected');
    const firsts = outOfRhythm(crowd)
      .map(startOf)
      .toSorted((a, b) => a - b);
    expect(firsts).toHaveLength(SERVERS);
    expect(firsts.filter((time, index) => time < created + PACE * (index - 1))).toEqual([]);

    const down = Date.now();
    await crowd.die();
    await crowd.seeAll('False', 'Warning ConnectionLost');
    const lost = Date.now();
    await crowd.seeChecks(SERVERS / 2);
    const up = Date.now();
    await crowd.comeBack();
    await crowd.seeAll('True', 'Normal Recovered');
    const back = Date.now();

    const written = requests(down, back);
    const events = written.filter(({ objectRef }) => objectRef?.resource === 'events');
    const statuses = written.filter(({ objectRef }) => objectRef?.subresource === 'status');
    const checks = crowd.checks.map(startOf).filter((time) => isWithin(time, down, back));
    const rest = { down: longestRest(witness, down, up), recovering: longestRest(witness, up, back) };
    const slowest = { down: slowestCheck(witness, down, up), recovering: slowestCheck(witness, up, back) };
    console.log(
      `all lost after ${lost - down} ms, all back after ${back - up} ms; ${statuses.length} status writes; ` +
        `${events.length} events, at most ${mostWithin(1_000, events.map(timeOf))} in a second; ` +
        `at most ${mostWithin(1_000, checks)} checks in a second, ${mostWithin(INTERVAL, checks)} in ${INTERVAL} ms; ` +
        `the healthy server, while others are down and while they recover: ` +
        `longest rest ${rest.down} and ${rest.recovering} ms, slowest check ${slowest.down} and ${slowest.recovering} ms`,
    );

    // A person who looks at one of them finds what happened to it, and nothing else.
    expect(await crowd.histories()).toEqual(['Normal Connected, Warning ConnectionLost, Normal Recovered']);
    expect(events).toHaveLength(2 * SERVERS);
    expect(linesAbout(crowd, down, up)).toEqual(crowd.names.map((name) => `warn ${name}`).toSorted());

    // Checks begin to fail, the connection is lost, it is back. One that was under way just then has seen half of it.
    const writes = crowd.names.map(
      (each) => statuses.filter(({ objectRef }) => objectRef?.name === each).length,
    );
    expect(Math.min(...writes)).toBe(3);
    expect(Math.max(...writes)).toBeLessThanOrEqual(4);
    expect(requests(lost, up).map(({ requestURI }) => requestURI)).toEqual([]);

    // The rhythm, and retries that double: 0, 1, 3 and 7 s after the first failure.
    expect(outOfRhythm(crowd)).toHaveLength(SERVERS);
    expect(mostWithin(INTERVAL, checks)).toBeLessThanOrEqual(4 * SERVERS);

    // A second of its rhythm and one of lateness. Its own checks tell how busy the machine is with other things: where
    // they take long, those of a host that answers do as well, and at worst all of them go first.
    expect(rest.down).toBeLessThan(2_000 + 2 * slowest.down);
    expect(rest.recovering).toBeLessThan(2_000 + (SERVERS / ROUTINE) * slowest.recovering);
  },
  TIMEOUT,
);

const isWithin = (time: number, from: number, to: number) => time >= from && time <= to;

const timeOf = ({ requestReceivedTimestamp }: AuditEntry) => Date.parse(requestReceivedTimestamp);

/** All but reads and the lease, between two instants. */
function requests(from: number, to: number): AuditEntry[] {
  return lab()
    .account.requests()
    .filter(
      (entry) =>
        !['get', 'list', 'watch'].includes(entry.verb) &&
        ['qlikservers', 'events'].includes(entry.objectRef?.resource ?? '') &&
        isWithin(timeOf(entry), from, to),
    );
}

/** What the log says for people, sorted by name. */
function linesAbout({ namespace }: Crowd, from: number, to: number): string[] {
  return lab()
    .operator.log.filter((line) => line.namespace === namespace && isWithin(endOf(line), from, to))
    .filter(({ level }) => !['trace', 'debug'].includes(level))
    .map(({ level, name }) => `${level} ${name}`)
    .toSorted();
}

const outOfRhythm = ({ checks }: Crowd) => checks.filter(({ due }) => due !== 'scheduled');

const endOf = ({ time = '' }: LogLine) => Date.parse(time);

const startOf = (line: LogLine) => endOf(line) - (line.duration ?? 0);

type Witness = Parameters<ReturnType<typeof lab>['operator']['checkLines']>[0];

function checksWithin(witness: Witness, from: number, to: number): LogLine[] {
  return lab()
    .operator.checkLines(witness)
    .filter((line) => endOf(line) > from && startOf(line) < to);
}

const slowestCheck = (...within: Parameters<typeof checksWithin>) =>
  Math.max(...checksWithin(...within).map(({ duration = 0 }) => duration));

/** Milliseconds from the end of a check to the start of the next, at most; both instants count as such. */
function longestRest(witness: Witness, from: number, to: number): number {
  const checks = checksWithin(witness, from, to);
  const ends = [from, ...checks.map(endOf)];
  const begins = [...checks.map(startOf), to];
  return Math.max(...ends.map((end, index) => begins[index]! - end));
}
