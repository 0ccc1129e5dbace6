import type { Mutant } from '../mutant.ts';

const TARGETS = 'test/integration/connections/targets.test.ts';
const HOSTILE = 'test/integration/connections/hostile-pkcs12.test.ts';
const PROXY = 'src/connections/environment-proxy.test.ts';

/** Bounds of the administrator that do not hold, and files that cost too much. */
export const CONNECTIONS: readonly Mutant[] = [
  {
    name: 'a Secret without the label is used',
    file: 'connections/source.ts',
    find: `if (kind === 'Secret' && source.labels[CREDENTIALS_LABEL.name] !== CREDENTIALS_LABEL.value) {`,
    replace: `if (kind === 'Secret' && source.labels[CREDENTIALS_LABEL.name] === 'false') {`,
    testFile: 'src/connections/source.test.ts',
    tests: ['readKey no label', 'readKey an unlabelled Secret is not looked into'],
  },
  {
    name: 'the contents of a Secret without the label are read',
    file: 'reconcilers/server/read-source.ts',
    find: `if (isSecret && !isWatched(reference)) {`,
    replace: `if (!isSecret && !isWatched(reference)) {`,
    testFile: 'src/reconcilers/server/read-source.test.ts',
    tests: ['the contents of a Secret without the label are never asked for'],
  },
  {
    name: '--allowed-hosts is ignored when a connection is made',
    file: 'connections/material.ts',
    find: `if (host === undefined || policy.allowsHost(bareHost(host))) continue;`,
    replace: `if (host === undefined || bareHost(host) !== '') continue;`,
    testFile: TARGETS,
    tests: ['a host that is not allowed is refused before its Secret is read'],
  },
  {
    name: '--allowed-hosts takes the end of a name for its domain',
    file: 'qlik/transport/target-policy.ts',
    find: `host.endsWith(pattern.slice(1))`,
    replace: `host.endsWith(pattern.slice(2))`,
    testFile: 'src/qlik/transport/target-policy.test.ts',
    tests: ['the host evilqlikcloud.com is allowed by the patterns: false'],
  },
  {
    name: 'loopback addresses are connected to',
    file: 'qlik/transport/dial.ts',
    find: `const addresses = endpoint.policy.permitted(found);`,
    replace: `const addresses = found;`,
    testFile: TARGETS,
    tests: ['a host that leads to the machine itself is refused'],
  },
  {
    name: 'the metadata service of a cloud is no local address',
    file: 'qlik/transport/target-policy.ts',
    find: `LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');`,
    replace: ``,
    testFile: 'src/qlik/transport/target-policy.test.ts',
    tests: ['addresses 169.254.169.254 is local'],
  },
  {
    name: '--forbid-insecure-tls is ignored',
    file: 'connections/material.ts',
    find: `if (forbidInsecureTls && spec.insecureSkipTlsVerify) {`,
    replace: `if (forbidInsecureTls && spec.serverUrl === '') {`,
    testFile: TARGETS,
    tests: ['insecureSkipTlsVerify is refused before its Secret is read'],
  },
  {
    name: 'the cost of a PKCS#12 file is not looked at before it is opened',
    file: 'connections/pkcs12/open.ts',
    find: `  refuseCostly(file);\n  const outcome = await outcomes`,
    replace: `  void refuseCostly;\n  const outcome = await outcomes`,
    testFile: HOSTILE,
    tests: ['a file whose cost can be seen is not opened at all'],
  },
  {
    name: 'a child that takes too long over a PKCS#12 file is not killed',
    file: 'connections/pkcs12/opener.ts',
    find: `    child.kill('SIGKILL');\n  }, TIME_LIMIT);`,
    replace: `  }, TIME_LIMIT);`,
    testFile: HOSTILE,
    tests: ['a file whose cost is hidden from the first look is given up after 5 s'],
  },
  {
    name: 'NO_PROXY is ignored',
    file: 'connections/environment-proxy.ts',
    find: `(isDirect(host, port) ? undefined : proxy)`,
    replace: `(isDirect('', port) ? undefined : (void host, proxy))`,
    testFile: PROXY,
    tests: ['environmentProxy NO_PROXY "qlik.corp" lets qlik.corp be reached directly'],
  },
  {
    name: 'the proxy that a QlikServer names is not bound by the administrator',
    file: 'connections/environment-proxy.ts',
    find: `isBounded: true };`,
    replace: `isBounded: false };`,
    testFile: PROXY,
    tests: ['the proxy of a QlikServer is bound by what the administrator allows'],
  },
  {
    name: 'a bounded proxy may be at a local address',
    file: 'qlik/transport/dial.ts',
    find: `proxy.isBounded ? endpoint.policy.permitted(found) : found;`,
    replace: `found;`,
    testFile: 'test/integration/qlik/http-proxy.test.ts',
    tests: ['an HTTP proxy of a QlikServer must be one that the administrator allows'],
  },
  {
    name: 'a proxy is a way around the refusal of local addresses',
    file: 'qlik/transport/dial.ts',
    find: `if (family !== 0 && endpoint.policy`,
    replace: `if (family < 0 && endpoint.policy`,
    testFile: 'test/integration/qlik/http-proxy.test.ts',
    tests: ['an HTTP proxy is no way around the refusal of local addresses'],
  },
];
