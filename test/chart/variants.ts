import { expect } from 'vitest';
import { CRDS } from '../../src/api/crd.ts';
import type { Config } from '../../src/config.ts';
import { RELEASE, type ReleaseName, type Values } from '../installation/chart.ts';

/** One way to set the chart, and what is then different from its defaults. */
export interface Variant {
  readonly title: string;
  readonly values: Values;
  readonly release?: ReleaseName;
  /** Objects that come (`+Kind/name`) and go (`-Kind/name`). */
  readonly objects?: readonly string[];
  /** What the operator makes of its arguments. */
  readonly config?: Partial<Config>;
  /** Parts of the pod's spec. */
  readonly pod?: object;
  /** Parts of the Deployment's spec. */
  readonly deployment?: object;
}

/** Namespaces that the variants name, besides those of their releases. */
/** What makes the message of SecretAccessDenied a command. */
const GRANT = [
  { name: 'QLIK_OPERATOR_SECRETS_CLUSTER_ROLE', value: `${RELEASE.name}-secrets` },
  { name: 'QLIK_OPERATOR_SERVICE_ACCOUNT', value: `${RELEASE.namespace}:${RELEASE.name}` },
];

export const NAMESPACES = ['finance', 'sales', '42'] as const;

function roleAndBinding(name: string, namespace: string): string[] {
  return ['Role', 'RoleBinding'].map((kind) => `+${kind}/${namespace}/${name}`);
}

/** Every value that is not a number or a name at its other setting: what a user could want at once. */
export const EVERYTHING: Values = {
  commonLabels: { team: 'platform' },
  image: { repository: 'registry.corp.example:5000/qlik/operator', tag: '9.9.9', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'registry' }],
  replicas: 2,
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%', maxUnavailable: 1 } },
  terminationGracePeriodSeconds: 60,
  watchNamespaces: ['finance', 'sales'],
  watchLabelSelector: 'team in (finance,sales),!legacy',
  secretAccess: { mode: 'namespace', namespaces: ['finance'] },
  allowedHosts: ['qlik.corp.example', '*.qlikcloud.com'],
  allowLocalTargets: true,
  forbidInsecureTls: true,
  concurrency: 100,
  minCheckInterval: '1m30s',
  appWriteQps: 200,
  logLevel: 'debug',
  logFormat: 'text',
  leaderElection: {
    enabled: true,
    namespace: 'sales',
    leaseDuration: '1m',
    renewDeadline: '40s',
    retryPeriod: '5s',
  },
  trust: { configMapKeyRef: { name: 'corp-ca', key: 'bundle.pem' } },
  proxy: {
    httpProxy: 'http://proxy.corp.example:3128',
    httpsProxy: 'http://proxy.corp.example:3128',
    noProxy: '.svc',
  },
  crds: { keep: false, annotations: { owner: 'platform' } },
  serviceAccount: { name: 'qlik', annotations: { owner: 'platform' } },
  rbac: { aggregateToDefaultRoles: false },
  metrics: {
    port: 9090,
    service: { annotations: { 'prometheus.io/scrape': 'true' } },
    podMonitor: {
      enabled: true,
      labels: { release: 'prometheus' },
      relabelings: [{ action: 'labeldrop', regex: 'pod' }],
      metricRelabelings: [{ action: 'drop', regex: 'nodejs_.*', sourceLabels: ['__name__'] }],
    },
  },
  podDisruptionBudget: { maxUnavailable: '50%' },
  networkPolicy: {
    enabled: true,
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    apiServer: { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [6443] },
    dns: { to: [{ namespaceSelector: {} }], ports: [53, 5353] },
    qlik: { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [443] },
    extraEgress: [{ ports: [{ port: 3128 }] }],
  },
  resources: { requests: { cpu: 1, memory: '256Mi' }, limits: { cpu: '2', memory: '512Mi' } },
  health: { port: 9091 },
  livenessProbe: { initialDelaySeconds: 5, periodSeconds: 10 },
  readinessProbe: { successThreshold: 2 },
  podLabels: { 'sidecar.istio.io/inject': 'false' },
  podAnnotations: { note: 'hello' },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
      },
    },
  },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
  ],
  priorityClassName: 'system-cluster-critical',
  extraEnv: [
    { name: 'TZ', value: 'UTC' },
    { name: 'HTTPS_PROXY', valueFrom: { secretKeyRef: { name: 'proxy', key: 'url' } } },
  ],
  extraVolumes: [{ name: 'scratch', emptyDir: {} }],
  extraVolumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
  global: { anything: { of: 'the parent' } },
  enabled: true,
};

export const VARIANTS: readonly Variant[] = [
  {
    title: 'the defaults',
    values: {},
    pod: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 30,
      dnsConfig: {
        options: [
          { name: 'ndots', value: '1' },
          { name: 'timeout', value: '2' },
          { name: 'attempts', value: '2' },
        ],
      },
      containers: [
        {
          env: [
            { name: 'UV_THREADPOOL_SIZE', value: '64' },
            { name: 'NODE_OPTIONS', value: '--max-old-space-size-percentage=60 --max-semi-space-size=4' },
            { name: 'MALLOC_ARENA_MAX', value: '2' },
            ...GRANT,
          ],
          resources: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '256Mi' } },
        },
      ],
    },
  },
  {
    title: 'another release name, of digits, in a namespace of digits',
    values: {},
    release: { name: '7', namespace: '42' },
    objects: [
      'ClusterRole/NAME',
      'ClusterRole/NAME-editor',
      'ClusterRole/NAME-executor',
      'ClusterRole/NAME-secrets',
      'ClusterRole/NAME-viewer',
      'ClusterRoleBinding/NAME',
      'Deployment/NAME',
      'Role/NAME-leader-election',
      'Role/NAME-ledgers',
      'RoleBinding/NAME-leader-election',
      'RoleBinding/NAME-ledgers',
      'Service/NAME-metrics',
      'ServiceAccount/NAME',
    ].flatMap((id) => [`-${id.replace('NAME', RELEASE.name)}`, `+${id.replace('NAME', '7-qlik-operator')}`]),
  },
  {
    title: 'two replicas',
    values: { replicas: 2 },
    objects: ['+PodDisruptionBudget/qlik-operator'],
    deployment: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    },
  },
  {
    title: 'two replicas without a disruption budget',
    values: { replicas: 2, podDisruptionBudget: { enabled: false } },
  },
  {
    title: 'no leader election',
    values: { leaderElection: { enabled: false } },
    objects: ['-Role/qlik-operator-leader-election', '-RoleBinding/qlik-operator-leader-election'],
    config: { leaderElect: false },
    deployment: { strategy: { type: 'Recreate' } },
  },
  {
    title: 'leader election in another namespace',
    values: {
      leaderElection: {
        namespace: 'finance',
        leaseDuration: '1m',
        renewDeadline: '40s',
        retryPeriod: '5s',
      },
    },
    objects: [
      '-Role/qlik-operator-leader-election',
      '-RoleBinding/qlik-operator-leader-election',
      ...roleAndBinding('qlik-operator-leader-election', 'finance'),
      // What must outlive a leader is where the lease is.
      '-Role/qlik-operator-ledgers',
      '-RoleBinding/qlik-operator-ledgers',
      ...roleAndBinding('qlik-operator-ledgers', 'finance'),
    ],
    config: { leaseNamespace: 'finance', leaseDuration: 60_000, renewDeadline: 40_000, retryPeriod: 5_000 },
  },
  {
    title: 'some namespaces only',
    values: { watchNamespaces: ['finance', 'sales', '42'] },
    objects: [
      ...NAMESPACES.flatMap((namespace) => roleAndBinding('qlik-operator', namespace)),
      ...NAMESPACES.map((namespace) => `+RoleBinding/${namespace}/qlik-operator-secret-access`),
    ],
    config: { watchNamespaces: ['finance', 'sales', '42'] },
  },
  {
    title: 'some namespaces only, Secrets in fewer of them',
    values: { watchNamespaces: ['finance', 'sales'], secretAccess: { namespaces: ['sales'] } },
    objects: [
      ...roleAndBinding('qlik-operator', 'finance'),
      ...roleAndBinding('qlik-operator', 'sales'),
      '+RoleBinding/sales/qlik-operator-secret-access',
    ],
    config: { watchNamespaces: ['finance', 'sales'] },
  },
  {
    title: 'all namespaces, Secrets in one',
    values: { secretAccess: { namespaces: ['finance'] } },
    objects: ['+RoleBinding/finance/qlik-operator-secret-access'],
  },
  {
    title: 'Secrets by name',
    values: {
      secretAccess: {
        mode: 'named',
        named: [
          { namespace: 'finance', secrets: ['finance-cert'], configMaps: ['qlik-ca', '7'] },
          { namespace: 'sales', secrets: ['sales-oauth', 'sales-cert'] },
        ],
      },
    },
    objects: [
      '-ClusterRole/qlik-operator-secrets',
      ...roleAndBinding('qlik-operator-named-secrets', 'finance'),
      ...roleAndBinding('qlik-operator-named-secrets', 'sales'),
    ],
    config: { secretAccess: 'named' },
  },
  {
    title: 'Secrets by name, none yet',
    values: { secretAccess: { mode: 'named' } },
    objects: ['-ClusterRole/qlik-operator-secrets'],
    config: { secretAccess: 'named' },
  },
  {
    title: 'a label selector',
    values: { watchLabelSelector: 'team in (finance,sales),!legacy' },
    config: { watchLabelSelector: 'team in (finance,sales),!legacy' },
  },
  {
    title: 'bounds for targets',
    values: {
      allowedHosts: ['qlik.corp.example', '*.qlikcloud.com', '2001:db8::1'],
      allowLocalTargets: true,
      forbidInsecureTls: true,
    },
    config: {
      allowedHosts: ['qlik.corp.example', '*.qlikcloud.com', '2001:db8::1'],
      allowLocalTargets: true,
      forbidInsecureTls: true,
    },
  },
  {
    title: 'proxies and authorities',
    values: {
      proxy: {
        httpProxy: 'http://proxy.corp.example:3128',
        httpsProxy: 'http://proxy.corp.example:3129',
        noProxy: '10.0.0.0/8,.svc',
      },
      trust: { configMapKeyRef: { name: 'corp-ca' } },
    },
    pod: {
      containers: [
        {
          env: expect.arrayContaining([
            { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/qlik-operator/trust/ca.crt' },
            { name: 'HTTP_PROXY', value: 'http://proxy.corp.example:3128' },
            { name: 'HTTPS_PROXY', value: 'http://proxy.corp.example:3129' },
            { name: 'NO_PROXY', value: '10.0.0.0/8,.svc' },
          ]),
          volumeMounts: expect.arrayContaining([
            { name: 'trust', mountPath: '/etc/qlik-operator/trust', readOnly: true },
          ]),
        },
      ],
      volumes: expect.arrayContaining([
        {
          name: 'trust',
          configMap: { name: 'corp-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
        },
      ]),
    },
  },
  {
    title: 'variables of one’s own, in place of the chart’s',
    values: {
      proxy: { httpsProxy: 'http://proxy.corp.example:3128' },
      extraEnv: [
        { name: 'HTTPS_PROXY', valueFrom: { secretKeyRef: { name: 'proxy', key: 'url' } } },
        { name: 'UV_THREADPOOL_SIZE', value: '128' },
      ],
    },
    pod: {
      containers: [
        {
          env: [
            { name: 'NODE_OPTIONS', value: '--max-old-space-size-percentage=60 --max-semi-space-size=4' },
            { name: 'MALLOC_ARENA_MAX', value: '2' },
            ...GRANT,
            { name: 'HTTPS_PROXY', valueFrom: { secretKeyRef: { name: 'proxy', key: 'url' } } },
            { name: 'UV_THREADPOOL_SIZE', value: '128' },
          ],
        },
      ],
    },
  },
  {
    title: 'a PodMonitor and no Service',
    values: { metrics: { podMonitor: { enabled: true }, service: { enabled: false } } },
    objects: ['+PodMonitor/qlik-operator', '-Service/qlik-operator-metrics'],
  },
  {
    title: 'a NetworkPolicy',
    values: { networkPolicy: { enabled: true } },
    objects: ['+NetworkPolicy/qlik-operator'],
  },
  {
    title: 'no CRDs',
    values: { crds: { install: false } },
    objects: CRDS.map(({ name }) => `-CustomResourceDefinition/${name}`).sort(),
  },
  {
    title: 'no rights and an account of one’s own',
    values: { rbac: { create: false }, serviceAccount: { create: false, name: 'own' } },
    objects: [
      '-ClusterRole/qlik-operator',
      '-ClusterRole/qlik-operator-editor',
      '-ClusterRole/qlik-operator-executor',
      '-ClusterRole/qlik-operator-secrets',
      '-ClusterRole/qlik-operator-viewer',
      '-ClusterRoleBinding/qlik-operator',
      '-Role/qlik-operator-leader-election',
      '-Role/qlik-operator-ledgers',
      '-RoleBinding/qlik-operator-leader-election',
      '-RoleBinding/qlik-operator-ledgers',
      '-ServiceAccount/qlik-operator',
    ],
    pod: { serviceAccountName: 'own' },
  },
  {
    title: 'an image by digest',
    values: { image: { tag: 'ignored', digest: `sha256:${'0123456789abcdef'.repeat(4)}` } },
    pod: {
      containers: [{ image: `ghcr.io/kpimailer/qlik-operator@sha256:${'0123456789abcdef'.repeat(4)}` }],
    },
  },
  {
    title: 'other ports',
    values: { metrics: { port: 9090 }, health: { port: 9091 } },
    config: {
      metricsAddress: { host: undefined, port: 9090 },
      healthAddress: { host: undefined, port: 9091 },
    },
  },
  {
    title: 'nothing that has a default',
    values: {
      resources: {},
      dnsConfig: null,
      topologySpreadConstraints: [],
      podSecurityContext: { runAsUser: 1234 },
    },
    pod: { securityContext: { runAsNonRoot: true, runAsUser: 1234 } },
  },
  {
    title: 'everything at once',
    values: EVERYTHING,
    objects: [
      ...roleAndBinding('qlik-operator', 'finance'),
      ...roleAndBinding('qlik-operator', 'sales'),
      '+RoleBinding/finance/qlik-operator-secret-access',
      '-Role/qlik-operator-leader-election',
      '-RoleBinding/qlik-operator-leader-election',
      ...roleAndBinding('qlik-operator-leader-election', 'sales'),
      '-Role/qlik-operator-ledgers',
      '-RoleBinding/qlik-operator-ledgers',
      ...roleAndBinding('qlik-operator-ledgers', 'sales'),
      '-ServiceAccount/qlik-operator',
      '+ServiceAccount/qlik',
      '+PodMonitor/qlik-operator',
      '+NetworkPolicy/qlik-operator',
      '+PodDisruptionBudget/qlik-operator',
    ],
    config: {
      watchNamespaces: ['finance', 'sales'],
      watchLabelSelector: 'team in (finance,sales),!legacy',
      allowedHosts: ['qlik.corp.example', '*.qlikcloud.com'],
      allowLocalTargets: true,
      forbidInsecureTls: true,
      concurrency: 100,
      minCheckInterval: 90_000,
      appWriteQps: 200,
      logLevel: 'debug',
      logFormat: 'text',
      leaseNamespace: 'sales',
      leaseDuration: 60_000,
      renewDeadline: 40_000,
      retryPeriod: 5_000,
      metricsAddress: { host: undefined, port: 9090 },
      healthAddress: { host: undefined, port: 9091 },
    },
    pod: {
      serviceAccountName: 'qlik',
      priorityClassName: 'system-cluster-critical',
      terminationGracePeriodSeconds: 60,
      topologySpreadConstraints: [
        {
          topologyKey: 'topology.kubernetes.io/zone',
          labelSelector: { matchLabels: { 'app.kubernetes.io/instance': 'qlik-operator' } },
          matchLabelKeys: ['pod-template-hash'],
        },
      ],
    },
    deployment: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%', maxUnavailable: 1 } },
    },
  },
];
