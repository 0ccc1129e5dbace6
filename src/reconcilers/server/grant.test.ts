import { describe, expect, it } from 'vitest';
import { accessRemedy, grantFrom } from './grant.ts';

const secret = { kind: 'Secret', name: 'finance-cert' } as const;
const env = {
  QLIK_OPERATOR_SECRETS_CLUSTER_ROLE: 'qlik-operator-secrets',
  QLIK_OPERATOR_SERVICE_ACCOUNT: 'qlik-system:qlik-operator',
};

describe('accessRemedy', () => {
  it('is a command to copy, where the chart has said what it made', () => {
    expect(accessRemedy(secret, 'reports', { access: 'namespace', grant: grantFrom(env) })).toBe(
      'the operator may not read Secrets in the namespace "reports"; let it: kubectl create rolebinding qlik-operator-secrets --namespace=reports --clusterrole=qlik-operator-secrets --serviceaccount=qlik-system:qlik-operator',
    );
  });

  it.each([{}, { QLIK_OPERATOR_SERVICE_ACCOUNT: 'a:b' }, { QLIK_OPERATOR_SECRETS_CLUSTER_ROLE: 'a' }])(
    'says which rights are needed, where not all is known: %o',
    (known) => {
      expect(accessRemedy(secret, 'reports', { access: 'namespace', grant: grantFrom(known) })).toMatch(
        /; bind its ServiceAccount to a Role with the verbs get, list and watch on secrets there$/u,
      );
    },
  );

  it('leads to the list of names, where rights name each Secret', () => {
    const text = accessRemedy(secret, 'reports', { access: 'named', grant: undefined });
    expect(text).toContain('"finance-cert"');
    expect(text).toContain('secretAccess.named');
  });
});
