import { CHECKS_OF, type ConditionType } from '../../api/conditions.ts';
import { formatDuration } from '../../api/duration.ts';
import type { QlikConnectionTest, QlikConnectionTestStatus } from '../../api/qlikconnectiontest.ts';
import type { QlikServerSpec } from '../../api/qlikserver.ts';
import type { Material } from '../../connections/material.ts';
import type { ConfigurationProblem } from '../../connections/problem.ts';
import type { CheckReport } from '../../qlik/connector.ts';
import { timestamp } from '../../time/timestamp.ts';
import { conditionOf, withoutUndefined } from '../server/desired-status.ts';
import { certificateValidity } from '../server/certificate-validity.ts';
import { notRun, verdictsOf, type Verdict } from '../server/verdict.ts';

const PRODUCT_LIMIT = 192;

/** How a test stands: something is waited for, no connection could be made, or all checks were made. */
export type Finding =
  | { readonly kind: 'waiting'; readonly problem: ConfigurationProblem }
  | { readonly kind: 'unusable'; readonly problem: ConfigurationProblem }
  | {
      readonly kind: 'checked';
      readonly material: Material;
      readonly report: CheckReport;
      /** Milliseconds. */
      readonly duration: number;
    };

/** The whole status a test should have now. `spec`: that of the connection, as far as it is known. */
export function desiredStatus(
  test: QlikConnectionTest,
  spec: QlikServerSpec | undefined,
  { finding, now }: { finding: Finding; now: number },
): QlikConnectionTestStatus {
  const verdicts = verdictsFor(spec, finding, now);
  const before = test.status?.conditions ?? [];
  const { generation } = test.metadata;
  return withoutUndefined({
    observedGeneration: generation,
    conditions: [...verdicts].map(([type, verdict]) =>
      conditionOf(type, verdict, { before, generation, now }),
    ),
    startTime: test.status?.startTime ?? timestamp(now),
    checks: spec === undefined ? undefined : checksOf(spec, verdicts, finding),
    endpoint: endpointOf(spec),
    ...(finding.kind === 'checked' ? foundOf(finding) : {}),
    completionTime: finding.kind === 'waiting' ? undefined : timestamp(now),
  });
}

function verdictsFor(
  spec: QlikServerSpec | undefined,
  finding: Finding,
  now: number,
): ReadonlyMap<ConditionType, Verdict> {
  const owned = new Map<ConditionType, Verdict>();
  if (finding.kind === 'checked') {
    const { material, report } = finding;
    owned.set('Configured', {
      status: 'True',
      reason: 'ConfigurationValid',
      message: 'the configuration is complete',
    });
    for (const [check, verdict] of verdictsOf(report, undefined, material.redact)) owned.set(check, verdict);
    const known = { certificate: material.certificate, problem: undefined };
    if (spec?.type === 'OnPremise') owned.set('CertificateValid', certificateValidity(spec, known, now));
  } else {
    const { reason, message } = finding.problem;
    owned.set('Configured', { status: 'False', reason, message });
    for (const check of spec === undefined ? [] : CHECKS_OF[spec.type])
      owned.set(check, notRun('Configured is not True'));
  }
  return new Map([...summary(owned, finding), ...owned]);
}

/** `Ready` as soon as it is known, and what happens next until then. */
function summary(owned: ReadonlyMap<ConditionType, Verdict>, { kind }: Finding): [ConditionType, Verdict][] {
  const [type, verdict] = [...owned].find(([, { status }]) => status !== 'True') ?? [];
  if (type === undefined || verdict === undefined)
    return [['Ready', { status: 'True', reason: 'ChecksPassed', message: 'every check passes' }]];
  const explained = { ...verdict, message: `${type}: ${verdict.message}` };
  if (kind !== 'waiting') {
    return [
      ['Ready', { ...explained, status: 'False' }],
      ['Stalled', { ...explained, status: 'True' }],
    ];
  }
  const message = `waits for what does not exist yet (spec.secretWait): ${verdict.message}`;
  return [
    ['Ready', { status: 'Unknown', reason: 'Progressing', message }],
    ['Reconciling', { status: 'True', reason: 'Progressing', message }],
  ];
}

function checksOf(
  { type }: QlikServerSpec,
  verdicts: ReadonlyMap<ConditionType, Verdict>,
  finding: Finding,
): QlikConnectionTestStatus['checks'] {
  const checks = CHECKS_OF[type];
  const passed = checks.filter((check) => verdicts.get(check)?.status === 'True').length;
  const summary = `${passed}/${checks.length}`;
  if (finding.kind !== 'checked') return { summary };
  const durations = [...finding.report.durations].map(([check, ms]) => ({
    check,
    duration: formatDuration(Math.max(1, ms)),
  }));
  return { summary, duration: formatDuration(finding.duration), durations };
}

/** The address that is checked. */
function endpointOf(spec: QlikServerSpec | undefined): string | undefined {
  return spec?.onPremise?.serverUrl ?? spec?.cloud?.tenantUrl;
}

type Found = Pick<QlikConnectionTestStatus, 'product' | 'certificate'>;

/** What answered, and what was shown to it. */
function foundOf({ report: { product }, material: { certificate } }: Finding & { kind: 'checked' }): Found {
  return withoutUndefined<Found>({
    product: product && [product.name, product.version].filter(Boolean).join(' ').slice(0, PRODUCT_LIMIT),
    certificate: certificate && {
      subject: certificate.subject,
      notAfter: timestamp(certificate.notAfter.getTime()),
    },
  });
}
