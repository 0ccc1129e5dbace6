import type { QlikConnectionTestSpec } from '../../api/qlikconnectiontest.ts';
import type { QlikServer, QlikServerSpec } from '../../api/qlikserver.ts';
import { ConfigurationProblem } from '../../connections/problem.ts';

/**
 * The spec of the connection that a test tries: the one it states, or the one of the QlikServer it names, with the
 * credentials it states in place of those. `server`: the QlikServer of that name, if there is one.
 */
export function testedSpec(
  { server: stated, serverRef, clientCertificate, clientSecret, trust }: QlikConnectionTestSpec,
  server: QlikServer | undefined,
): QlikServerSpec {
  if (stated !== undefined) return stated;
  if (server === undefined) {
    throw new ConfigurationProblem(
      'ServerNotFound',
      `serverRef.name: there is no QlikServer "${serverRef?.name}" in this namespace that this operator looks after`,
    );
  }
  const { spec } = server;
  refuseOtherType(spec, { clientCertificate, clientSecret });
  return {
    ...spec,
    trust: trust ?? spec.trust,
    ...(spec.onPremise === undefined
      ? {}
      : {
          onPremise: {
            ...spec.onPremise,
            clientCertificate: clientCertificate ?? spec.onPremise.clientCertificate,
          },
        }),
    ...(spec.cloud === undefined
      ? {}
      : { cloud: { ...spec.cloud, clientSecret: clientSecret ?? spec.cloud.clientSecret } }),
  };
}

function refuseOtherType(
  { type }: QlikServerSpec,
  { clientCertificate, clientSecret }: Pick<QlikConnectionTestSpec, 'clientCertificate' | 'clientSecret'>,
): void {
  const [field, wanted] =
    type === 'Cloud'
      ? [clientCertificate && 'clientCertificate', 'clientSecret']
      : [clientSecret && 'clientSecret', 'clientCertificate'];
  if (field === undefined) return;
  throw new ConfigurationProblem(
    'OtherType',
    `${field} is set, but the QlikServer has the type ${type}; state ${wanted} instead`,
  );
}
