import { describe, expect, test } from 'vitest';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import { SimulatedApiServer } from './api-server.ts';
import { job } from './conformance/samples.ts';
import { NotSimulated } from './failures.ts';

const JOBS = '/apis/batch/v1/namespaces/default/jobs';

/** What conformance cannot show: what this one does not do at all. */
describe('the simulated API server', () => {
  test.each<[string, Pick<ApiRequest, 'method' | 'path' | 'query' | 'body'>]>([
    ['another resource', { method: 'GET', path: '/api/v1/secrets' }],
    ['another subresource', { method: 'GET', path: `${JOBS}/one/scale` }],
    ['a dry run', { method: 'POST', path: JOBS, query: { dryRun: 'All' }, body: job('two') }],
    ['a deletion of everything', { method: 'DELETE', path: JOBS }],
    ['a list from a cache', { method: 'GET', path: JOBS, query: { resourceVersion: '0' } }],
    ['a field selector', { method: 'GET', path: JOBS, query: { fieldSelector: 'metadata.name=one' } }],
    ['another label selector', { method: 'GET', path: JOBS, query: { labelSelector: 'a in (b, c)' } }],
    ['a deletion of a namespace', { method: 'DELETE', path: '/api/v1/namespaces/default' }],
    ['an Indexed Job', { method: 'POST', path: JOBS, body: job('two', { completionMode: 'Indexed' }) }],
    ['a deadline', { method: 'POST', path: JOBS, body: job('two', { activeDeadlineSeconds: 5 }) }],
    ['an old option', { method: 'DELETE', path: `${JOBS}/one`, body: { orphanDependents: true } }],
  ])('says that it has never learnt %s', (_, request) => {
    const server = new SimulatedApiServer({ now: () => 0 });
    server.handle({ method: 'POST', path: JOBS, body: job('one') });
    expect(() => server.handle(request)).toThrow(NotSimulated);
  });
});
