import { describe, expect, test } from 'vitest';
import { SERVER_LABEL } from '../../src/api/group.ts';
import { SLOTS_LABEL } from '../../src/api/executions.ts';
import type { LedgerEntry } from '../../src/api/qlikexecutionledger.ts';
import { collectionPath, objectPath } from '../../src/kubernetes/resource.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import { SimulatedApiServer } from '../simulated-api/api-server.ts';
import { job, pod } from '../simulated-api/conformance/samples.ts';
import { JOBS } from '../simulated-api/jobs.ts';
import type { ApiObject } from '../simulated-api/object.ts';
import { PODS } from '../simulated-api/pods.ts';
import { QLIK_EXECUTION_LEDGERS } from '../simulated-api/resources.ts';
import { Observer } from './observer.ts';
import type { Operator } from './operator.ts';

const namespace = 'default';
const LEDGER = objectPath(QLIK_EXECUTION_LEDGERS, { namespace, name: 'qlik.finance' });

/** It knows of nobody, and so passes nobody over. */
const OPERATOR = { jobs: new Map(), hadSeen: () => false } as unknown as Operator;

/** An operator that admits whom it is told to, and people, before the eyes of an observer. The limit is 1. */
class Scene {
  readonly #server = new SimulatedApiServer({ now: () => 0 });
  readonly #observer = new Observer(this.#server);
  readonly #jobs = new Map<string, ApiObject>();

  constructor() {
    const body = { metadata: { name: 'qlik.finance' }, ledger: { formatVersion: 1, limit: 1 } };
    this.#send('POST', collectionPath(QLIK_EXECUTION_LEDGERS, namespace), body);
    this.#giveSlotsTo();
  }

  create(name: string): void {
    const body = job(name, {}, { labels: { [SERVER_LABEL]: 'finance' } });
    this.#jobs.set(name, this.#send('POST', collectionPath(JOBS, namespace), body));
  }

  /** To these, and to nobody else any more. */
  #giveSlotsTo(...names: readonly string[]): void {
    const { metadata } = this.#send('GET', LEDGER);
    const ledger = {
      formatVersion: 1,
      readyUid: metadata.uid,
      limit: 1,
      entries: names.map((name) => entryOf(name, this.#uidOf(name))),
    };
    this.#apply({ method: 'PUT', path: LEDGER, body: { metadata, ledger } });
  }

  admit(name: string): void {
    this.#giveSlotsTo(name);
    this.#apply({ method: 'PATCH', path: pathOf(name), body: { spec: { suspend: false } } });
  }

  suspend(name: string): void {
    this.#send('PATCH', pathOf(name), { spec: { suspend: true } });
  }

  startPastTheQueue(name: string): void {
    this.#observer.startedByHand(this.#uidOf(name), { isLabelled: true });
    this.#send('PATCH', pathOf(name), { spec: { suspend: false } });
  }

  changeSlots(name: string, slots: string): void {
    this.#send('PATCH', pathOf(name), { metadata: { labels: { [SLOTS_LABEL]: slots } } });
  }

  startPod(name: string): void {
    const labels = { 'batch.kubernetes.io/controller-uid': this.#uidOf(name) };
    this.#send('POST', collectionPath(PODS, namespace), pod(`${name}-pod`, {}, { labels }));
  }

  get breaches(): readonly string[] {
    return this.#observer.breaches;
  }

  #uidOf(name: string): string {
    return this.#jobs.get(name)!.metadata.uid;
  }

  #apply(request: ApiRequest): void {
    const answer = this.#server.handle(request);
    this.#observer.applied(OPERATOR, 'a1', request, answer);
  }

  #send(method: ApiRequest['method'], path: string, body?: unknown): ApiObject {
    return this.#server.handle({ method, path, body }) as ApiObject;
  }
}

function entryOf(name: string, uid: string): LedgerEntry {
  return { kind: 'Job', namespace, name, uid, weight: 1, attempt: 1, since: '2026-05-04T12:00:00Z' };
}

function pathOf(name: string): string {
  return objectPath(JOBS, { namespace, name });
}

function sceneOf(...jobs: readonly string[]): Scene {
  const scene = new Scene();
  for (const name of jobs) scene.create(name);
  return scene;
}

describe('the observer', () => {
  test('minds an admission while another Job runs', () => {
    const scene = sceneOf('one', 'two');
    scene.admit('one');
    scene.admit('two');
    expect(scene.breaches).toEqual(['a1 has admitted two, and 2 slots are taken up of 1']);
  });

  test('minds an admission while a Job that is suspended again has a pod', () => {
    const scene = sceneOf('one', 'two');
    scene.admit('one');
    scene.startPod('one');
    scene.suspend('one');
    scene.admit('two');
    expect(scene.breaches).toEqual(['a1 has admitted two, and 2 slots are taken up of 1']);
  });

  test('minds a pod of a Job whose slots another one has been given', () => {
    const scene = sceneOf('one', 'two');
    scene.admit('one');
    scene.suspend('one');
    scene.admit('two');
    scene.startPod('two');
    scene.startPod('one');
    expect(scene.breaches).toEqual(['the pod one-pod has come into being, and 2 slots are taken up of 1']);
  });

  test('minds nothing when a person has made a Job wider that was admitted before, and starts it', () => {
    const scene = sceneOf('one');
    scene.admit('one');
    scene.suspend('one');
    scene.changeSlots('one', '2');
    scene.startPastTheQueue('one');
    scene.startPod('one');
    expect(scene.breaches).toEqual([]);
  });
});
