import { describe, expect, test } from 'vitest';
import { exampleServer } from '../../../test/integration/server/examples.ts';
import { qlikConnectionTestSpec } from '../../api/qlikconnectiontest.ts';
import { testedSpec } from './tested-spec.ts';

const site = exampleServer({ trust: [{ configMapKeyRef: { name: 'ca' } }] });
const tenant = exampleServer({
  type: 'Cloud',
  onPremise: undefined,
  cloud: {
    tenantUrl: 'https://acme.eu.qlikcloud.com',
    clientId: 'client',
    clientSecret: { secretKeyRef: { name: 'oauth' } },
  },
});
const specOf = (fields: object) =>
  qlikConnectionTestSpec.parse({ serverRef: { name: 'finance' }, ...fields });

describe('what is tried', () => {
  test('is the QlikServer as it is', () => {
    expect(testedSpec(specOf({}), site)).toEqual(site.spec);
    expect(testedSpec(specOf({}), tenant)).toEqual(tenant.spec);
  });

  test('is the spec that is stated', () => {
    const spec = qlikConnectionTestSpec.parse({ server: tenant.spec });
    expect(testedSpec(spec, undefined)).toEqual(tenant.spec);
  });

  test('has the credentials that are stated in place of those of the QlikServer, and all else of it', () => {
    const clientCertificate = { tls: { secretName: 'next' } };
    const tried = testedSpec(specOf({ clientCertificate }), site);
    expect(tried).toEqual({ ...site.spec, onPremise: { ...site.spec.onPremise, clientCertificate } });
    const clientSecret = { secretKeyRef: { name: 'next', key: 'clientSecret' } };
    expect(testedSpec(specOf({ clientSecret }), tenant).cloud?.clientSecret).toEqual(clientSecret);
  });

  test('has the trust that is stated, be it none', () => {
    expect(testedSpec(specOf({ trust: [] }), site).trust).toEqual([]);
    expect(testedSpec(specOf({}), site).trust).toEqual(site.spec.trust);
  });
});

test.each([
  [{ clientCertificate: { tls: { secretName: 'next' } } }, tenant, 'state clientSecret instead'],
  [{ clientSecret: { secretKeyRef: { name: 'next' } } }, site, 'state clientCertificate instead'],
])('credentials of the other type are none: %o', (fields, server, remedy) => {
  expect(() => testedSpec(specOf(fields), server)).toThrow(remedy);
});

test('a QlikServer that does not exist is named', () => {
  expect(() => testedSpec(specOf({}), undefined)).toThrow('there is no QlikServer "finance"');
});
