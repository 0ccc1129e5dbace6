/** What a reason means to the person who reads it; `docs/reasons.md` is made from this table. */
export interface ReasonHelp {
  /** The conditions that give this reason themselves (Ready, Connected and Stalled repeat it). */
  readonly owners: string;
  readonly meaning: string;
  readonly confirm: string;
  readonly fix: string;
}

const transport = 'ServerReachable, Authenticated, VirtualProxyReady';
const material = 'Configured';
const nothing = 'Nothing to do.';

/** The closed list of reasons. A reason is part of the API: machines match it, so it is never renamed. */
export const REASONS = {
  ChecksPassed: {
    owners: 'Connected, Ready',
    meaning: 'Every check passes.',
    confirm: 'CHECKS shows 5/5.',
    fix: nothing,
  },
  ConfigurationValid: {
    owners: 'Configured; Ready with readiness: Configured',
    meaning: 'Everything that is known without the network is in order.',
    confirm: 'Configured is True.',
    fix: nothing,
  },
  Progressing: {
    owners: 'Connected, Ready, Reconciling',
    meaning: 'This connection has not passed its checks yet, or is being checked for the first time.',
    confirm: 'The connection is new, or one of its fields was changed.',
    fix: 'Wait for the first verdict; it takes at most checks.timeout.',
  },
  ProgressingWithRetry: {
    owners: 'Reconciling',
    meaning: 'The connection worked before; the operator keeps trying.',
    confirm: 'The failing check says why.',
    fix: 'See the reason of Ready.',
  },
  NotRun: {
    owners: 'every check, CertificateValid, AppsSynced',
    meaning: 'Not judged, because something before it is not in order.',
    confirm: 'An earlier check, or Configured, is not True; the message names it.',
    fix: 'Mend the earlier one.',
  },
  Suspended: {
    owners: 'Suspended',
    meaning: 'spec.suspend is true: no checks are made and verdicts stay as they are.',
    confirm: 'kubectl get qs NAME -o jsonpath={.spec.suspend}',
    fix: 'Set spec.suspend to false.',
  },
  SecretNotFound: {
    owners: material,
    meaning: 'A Secret that the spec names does not exist.',
    confirm: 'kubectl get secret NAME',
    fix: 'Create it. For two minutes the operator assumes that it is on its way.',
  },
  SecretNotLabelled: {
    owners: material,
    meaning: 'The Secret exists but is not marked as credentials for Qlik, so it is not read.',
    confirm: 'kubectl get secret NAME --show-labels',
    fix: 'Label it with the command in the message.',
  },
  SecretKeyNotFound: {
    owners: material,
    meaning: 'The Secret lacks the key that the spec names.',
    confirm: 'kubectl describe secret NAME',
    fix: 'Add the key, or name the right one in the spec.',
  },
  SecretAccessDenied: {
    owners: material,
    meaning: 'The operator may not read Secrets or ConfigMaps in this namespace.',
    confirm: 'kubectl auth can-i get secrets --as=system:serviceaccount:NAMESPACE:ACCOUNT',
    fix: 'Run the command of the message, or grant the rights that it names; the server is judged within seconds.',
  },
  ConfigMapNotFound: {
    owners: material,
    meaning: 'A ConfigMap in spec.trust does not exist.',
    confirm: 'kubectl get configmap NAME',
    fix: 'Create it. For two minutes the operator assumes that it is on its way.',
  },
  ConfigMapKeyNotFound: {
    owners: material,
    meaning: 'The ConfigMap lacks the key that spec.trust names.',
    confirm: 'kubectl describe configmap NAME',
    fix: 'Add the key, or name the right one in the spec.',
  },
  WrongPassword: {
    owners: material,
    meaning: 'The password does not open the PKCS#12 file.',
    confirm: 'openssl pkcs12 -in client.pfx -noout',
    fix: 'Put the password that was chosen at the export into the Secret, without a line end.',
  },
  LegacyEncryption: {
    owners: material,
    meaning: 'The PKCS#12 file is encrypted with a cipher that is no longer read, such as RC2 with 128 bits.',
    confirm: 'openssl pkcs12 -in client.pfx -noout -info',
    fix: 'Export it again with AES-256, or convert it: openssl pkcs12 -legacy -nodes, then openssl pkcs12 -export.',
  },
  NoPrivateKey: {
    owners: material,
    meaning: 'The certificate has no private key.',
    confirm: 'openssl pkcs12 -in client.pfx -nodes -nocerts',
    fix: 'Export it again with "include secrets key".',
  },
  NotPkcs12: {
    owners: material,
    meaning: 'The content is not a PKCS#12 file.',
    confirm: 'kubectl get secret NAME -o jsonpath={.data.client\\.pfx} | base64 -d | openssl pkcs12 -noout',
    fix: 'Create the Secret from the file itself; a common mistake is to encode it twice.',
  },
  TooExpensive: {
    owners: material,
    meaning:
      'The PKCS#12 file wants its key derived with so many iterations that opening it would cost more than 5 s or 300,000 of them.',
    confirm: 'openssl pkcs12 -in client.pfx -noout -info',
    fix: 'Export it again with fewer iterations: openssl pkcs12 -export -iter 2048.',
  },
  InvalidCertificate: {
    owners: material,
    meaning: 'tls.crt or tls.key cannot be read, or they do not belong together.',
    confirm: 'openssl x509 -in tls.crt -noout -pubkey; openssl pkey -in tls.key -pubout',
    fix: 'Create the Secret from a certificate and its own key, both in PEM form.',
  },
  InvalidCA: {
    owners: material,
    meaning: 'An entry of spec.trust, or ca.crt of the tls Secret, holds no readable PEM certificate.',
    confirm: 'openssl x509 -in ca.crt -noout -subject',
    fix: 'Put the certificates of the authorities there, in PEM form.',
  },
  BindingSecretNotOwned: {
    owners: material,
    meaning:
      'binding.secretName is a Secret that was not made for this QlikServer, so nothing is written there.',
    confirm: 'kubectl get secret NAME -o jsonpath={.metadata.ownerReferences}',
    fix: 'Name another Secret, or delete this one if nobody needs it.',
  },
  ServerNotFound: {
    owners: material,
    meaning: 'The QlikServer that the test names does not exist.',
    confirm: 'kubectl get qlikserver NAME',
    fix: 'Create the QlikServer, then the test anew. It is waited for as long as secretWait says.',
  },
  OtherType: {
    owners: material,
    meaning: 'The test states a client certificate for a tenant, or a client secret for a site.',
    confirm: 'kubectl get qlikserver NAME -o jsonpath={.spec.type}',
    fix: 'Create the test anew, with credentials of the type of the server.',
  },
  HostForbidden: {
    owners: material,
    meaning: 'A host in the spec is not one of those the administrator of the operator allows.',
    confirm: 'The flag --allowed-hosts of the operator.',
    fix: 'Correct the host, or ask the administrator to allow it.',
  },
  InsecureTlsForbidden: {
    owners: material,
    meaning: 'The spec asks to accept any certificate, and the administrator of the operator forbids that.',
    confirm: 'The flag --forbid-insecure-tls of the operator.',
    fix: 'Remove insecureSkipTlsVerify and name the authority of the server in spec.trust.',
  },
  EmptySecret: {
    owners: material,
    meaning: 'The key that should hold the client secret is empty.',
    confirm: 'kubectl describe secret NAME shows 0 bytes.',
    fix: 'Put the client secret of the OAuth client there.',
  },
  InvalidAddress: {
    owners: material,
    meaning: 'The host of serverUrl or tenantUrl is neither a host name nor an IP address.',
    confirm: 'The message has the value.',
    fix: 'Correct it in the spec.',
  },
  Reachable: {
    owners: 'ServerReachable',
    meaning: 'Both endpoints answer.',
    confirm: 'ServerReachable is True.',
    fix: nothing,
  },
  DnsNotFound: {
    owners: transport,
    meaning: 'The host name does not exist.',
    confirm: 'kubectl run -it --rm dns --image=busybox -- nslookup HOST',
    fix: 'Correct the host in the spec, or the DNS of the cluster.',
  },
  DnsTemporary: {
    owners: transport,
    meaning: 'The name server gave no answer.',
    confirm: 'Look up another name of the same zone from a pod.',
    fix: 'Usually passes by itself; else look at the DNS of the cluster.',
  },
  ConnectionRefused: {
    owners: transport,
    meaning: 'The host answers, but nothing listens on the port.',
    confirm: 'Test-NetConnection HOST -Port PORT on the Qlik server.',
    fix: 'Start the Qlik service, or correct the port in the spec.',
  },
  ConnectTimeout: {
    owners: transport,
    meaning: 'No answer from the port, which is typical of a firewall.',
    confirm: 'nc -vz HOST PORT from a pod of the cluster.',
    fix: 'Let the cluster reach the port named in the message.',
  },
  ConnectionFailed: {
    owners: transport,
    meaning: 'The connection broke, or the network has no way to the host.',
    confirm: 'The message names host, port and phase.',
    fix: 'Look for a restarting service, a load balancer or a firewall in between.',
  },
  UnknownCA: {
    owners: transport,
    meaning: 'The certificate of the server comes from an authority that is not trusted.',
    confirm: 'openssl s_client -connect HOST:PORT -showcerts',
    fix: 'Add the authority to spec.trust: root.cer of the export for the ports 4242 and 4243, the company authority for serverUrl.',
  },
  HostnameMismatch: {
    owners: transport,
    meaning: 'The certificate of the server is for another name.',
    confirm: 'openssl s_client -connect HOST:PORT </dev/null | openssl x509 -noout -ext subjectAltName',
    fix: 'Use a name from the certificate, or set tlsServerName of that service.',
  },
  ServerCertificateExpired: {
    owners: transport,
    meaning: 'The certificate of the server has expired.',
    confirm: 'openssl s_client -connect HOST:PORT </dev/null | openssl x509 -noout -dates',
    fix: 'Renew it on the Qlik server.',
  },
  ServerCertificateInvalid: {
    owners: transport,
    meaning: 'The certificate of the server is not yet valid, too weak, or not meant for servers.',
    confirm: 'The message has the error of the TLS library.',
    fix: 'Renew it on the Qlik server; check the clocks.',
  },
  NotTls: {
    owners: transport,
    meaning: 'The port does not speak TLS 1.2 or newer.',
    confirm: 'openssl s_client -connect HOST:PORT',
    fix: 'Correct the port, or allow TLS 1.2 on the server.',
  },
  ResponseTimeout: {
    owners: 'every check',
    meaning: 'The connection stands, but no answer came in time.',
    confirm: 'Open the same address in a browser on the Qlik server.',
    fix: 'A cold repository service may need 15 s; raise checks.timeout, or look at the load of the server.',
  },
  HttpProxyFailed: {
    owners: transport,
    meaning: 'The HTTP proxy between the operator and the server cannot be reached, or makes no connection.',
    confirm: 'curl --proxy http://PROXY:PORT https://HOST:PORT from a pod of the cluster',
    fix: 'Look at the proxy and its rules; correct spec.httpProxy or, without it, HTTPS_PROXY and NO_PROXY of the operator.',
  },
  ProxyUnavailable: {
    owners: 'ServerReachable',
    meaning: 'serverUrl or tenantUrl answered 502, 503 or 504.',
    confirm: 'Open the address in a browser.',
    fix: 'Look at the load balancer and the Qlik proxy behind it; in a tenant it usually passes by itself.',
  },
  TargetRefused: {
    owners: transport,
    meaning:
      'The operator may not connect there: the host is not one of --allowed-hosts, or has a loopback or link-local address.',
    confirm: 'The flags of the operator; nslookup HOST from a pod.',
    fix: 'Correct the host, or ask the administrator of the operator to allow it.',
  },
  NotQlikCloud: {
    owners: 'ServerReachable',
    meaning: 'What answers at tenantUrl is not a Qlik Cloud tenant.',
    confirm: 'curl https://HOST/.well-known/oauth-authorization-server',
    fix: 'Correct tenantUrl; look for a proxy or login page in between.',
  },
  UnknownTenant: {
    owners: 'ServerReachable',
    meaning: 'Qlik Cloud answers, but has no tenant of this name (LOGIN-2).',
    confirm: 'Open tenantUrl in a browser.',
    fix: 'Correct the name of the tenant or its region in tenantUrl.',
  },
  AccessBlocked: {
    owners: 'ServerReachable',
    meaning: 'The tenant refuses even requests without credentials, as an IP allow list does.',
    confirm: 'Administration, IP allow lists; the address is that of the cluster as seen from outside.',
    fix: 'Add the public IPv4 address of the cluster to the allow list.',
  },
  TokenGranted: {
    owners: 'Authenticated',
    meaning: 'The tenant grants the OAuth client a token, and the API accepts it.',
    confirm: 'Authenticated is True.',
    fix: nothing,
  },
  CredentialsRejected: {
    owners: 'Authenticated',
    meaning: 'The tenant does not accept the client ID or the client secret, or the client is not trusted.',
    confirm: 'Administration, OAuth: the client, its secrets, and its consent method.',
    fix: 'Put a valid secret into the Secret; set the consent method of the client to Trusted.',
  },
  CandidateRejected: {
    owners: 'Authenticated, Configured',
    meaning:
      'The contents of the Secret were replaced, and the new ones are not accepted. With spec.binding, Configured says so and stays True: executions keep the former ones.',
    confirm: 'The message has what the server answered.',
    fix: 'Replace the contents of the Secret with valid ones; they are judged at once.',
  },
  AttemptsExhausted: {
    owners: 'Authenticated',
    meaning:
      'The tenant has rejected this OAuth client four times within an hour, in whatever QlikServer; it is left alone for now.',
    confirm: 'Another QlikServer with the same client shows CredentialsRejected.',
    fix: 'Mend the secret everywhere; it is tried again within the hour.',
  },
  ClientForbidden: {
    owners: 'Authenticated',
    meaning: 'The OAuth client is known but gets no token: its user is disabled, or it has too many tokens.',
    confirm: 'Administration, Users: the user named like the client.',
    fix: 'Enable the user, or revoke tokens that are not used.',
  },
  TokenRefused: {
    owners: 'Authenticated',
    meaning: 'The API does not accept a token that the tenant has just granted.',
    confirm: 'The message has the answer.',
    fix: 'Usually passes by itself; else check the status of the tenant.',
  },
  RateLimited: {
    owners: 'ServerReachable, Authenticated',
    meaning: 'The tenant limits the rate of requests of this client.',
    confirm: 'The message has the answer.',
    fix: 'Passes by itself; look for other programs that use the same OAuth client.',
  },
  CertificateAccepted: {
    owners: 'Authenticated',
    meaning: 'The site accepts the client certificate.',
    confirm: 'Authenticated is True.',
    fix: nothing,
  },
  ClientCertificateExpired: {
    owners: 'Authenticated',
    meaning: 'The client certificate has expired.',
    confirm: 'The column EXPIRES of kubectl get qs -o wide.',
    fix: 'Export a new one from the QMC and replace it in the Secret.',
  },
  ClientCertificateNotYetValid: {
    owners: 'Authenticated',
    meaning: 'The client certificate is not valid yet.',
    confirm: 'openssl x509 -noout -startdate',
    fix: 'Check the clocks of the cluster and of the Qlik server.',
  },
  ClientCertificateRejected: {
    owners: 'Authenticated, VirtualProxyReady',
    meaning:
      'The site does not accept the client certificate: it is of another site, or was replaced by an upgrade.',
    confirm: 'curl --cert-type P12 --cert client.pfx https://HOST:4242/qrs/about from another machine.',
    fix: 'Export the certificate again from the QMC of this site and replace it in the Secret.',
  },
  Forbidden: {
    owners: 'Authenticated, RootAdmin, VirtualProxyReady',
    meaning: 'The server refuses the request of an account it knows.',
    confirm: 'The message has the answer of the site.',
    fix: 'Check the rights of the account: repositoryService.adminUser on-premise, the user of the OAuth client in a tenant.',
  },
  UnexpectedResponse: {
    owners: 'every check',
    meaning: 'The answer is not what Qlik sends.',
    confirm: 'The message has the status and content type.',
    fix: 'Check that host and port lead to the service itself, not to a load balancer or login page.',
  },
  UserFound: {
    owners: 'UserExists',
    meaning: 'The service account exists and is active.',
    confirm: 'UserExists is True.',
    fix: nothing,
  },
  UserNotFound: {
    owners: 'UserExists',
    meaning: 'The site knows no such user.',
    confirm: 'QMC, Users: filter by user id and directory.',
    fix: 'Correct userDirectory and serviceAccountUser, or synchronise the user directory.',
  },
  UserInactive: {
    owners: 'UserExists',
    meaning: 'The service account is inactive, blocked or removed from its directory.',
    confirm: 'QMC, Users: the column Inactive.',
    fix: 'Activate the account.',
  },
  UserRefused: {
    owners: 'UserExists',
    meaning: 'The record of the user is in order, but the site refuses its requests.',
    confirm: 'The message has the answer of the site.',
    fix: 'Check the licence access and the security rules of the account.',
  },
  RoleAssigned: {
    owners: 'RootAdmin',
    meaning: 'The service account has the RootAdmin role.',
    confirm: 'RootAdmin is True.',
    fix: nothing,
  },
  MissingRole: {
    owners: 'RootAdmin',
    meaning:
      'The service account does not have the RootAdmin role; rights from security rules alone do not count.',
    confirm: 'QMC, Users, the account: Admin roles.',
    fix: 'Assign the role RootAdmin.',
  },
  ListsFiltered: {
    owners: 'RootAdmin',
    meaning: 'The service account has the role, yet sees fewer apps than the administrator.',
    confirm: 'Compare the number of apps in the QMC.',
    fix: 'Look for a custom security rule that restricts the account.',
  },
  SignInProven: {
    owners: 'VirtualProxyReady',
    meaning: 'The service account has signed in through the virtual proxy.',
    confirm: 'status.checks.signInProvedTime',
    fix: nothing,
  },
  NotAllNodesProven: {
    owners: 'VirtualProxyReady',
    meaning: 'The sign-in worked on one of several proxy nodes; the others were not tried.',
    confirm: 'QMC, Proxies.',
    fix: nothing,
  },
  LinkedNotProven: {
    owners: 'VirtualProxyReady',
    meaning:
      'The virtual proxy is linked to a running proxy; a sign-in was not tried, as virtualProxyCheck or its authentication method has it.',
    confirm: 'QMC, Virtual proxies.',
    fix: nothing,
  },
  VirtualProxyMissing: {
    owners: 'VirtualProxyReady',
    meaning: 'The site has no virtual proxy with this prefix.',
    confirm: 'QMC, Virtual proxies: the column Prefix.',
    fix: 'Correct the path of serverUrl, or create the virtual proxy.',
  },
  NotLinked: {
    owners: 'VirtualProxyReady',
    meaning: 'The virtual proxy is linked to no proxy service.',
    confirm: 'QMC, Virtual proxies: the column Linked to proxy service.',
    fix: 'Link it, for example to the proxy of the central node.',
  },
  NoEngineNode: {
    owners: 'VirtualProxyReady',
    meaning: 'The virtual proxy has no load balancing node with a running engine.',
    confirm: 'QMC, Virtual proxies, Load balancing.',
    fix: 'Add a node, or start its engine service.',
  },
  ProxyNotRunning: {
    owners: 'VirtualProxyReady',
    meaning: 'No proxy service that the virtual proxy is linked to is running.',
    confirm: 'QMC, Proxies: the column Status.',
    fix: 'Start the Qlik Sense Proxy Service.',
  },
  ProxyHostUnknown: {
    owners: 'VirtualProxyReady',
    meaning:
      'The site names a proxy host that is not known to belong to it, so the certificate is not sent there.',
    confirm: 'The message has the name.',
    fix: 'If the name is right, set proxyService.host to it.',
  },
  TicketFailed: {
    owners: 'VirtualProxyReady',
    meaning: 'The proxy service did not issue a ticket.',
    confirm: 'The message has the answer.',
    fix: 'Check the authentication method of the virtual proxy and the log of the proxy service.',
  },
  TicketRejected: {
    owners: 'VirtualProxyReady',
    meaning:
      'serverUrl did not accept the ticket: it leads to another node, another virtual proxy, or not to a Qlik proxy.',
    confirm: 'The message has the answer.',
    fix: 'Let serverUrl lead to the proxy that is linked; use sticky sessions in front of several.',
  },
  HostNotAllowed: {
    owners: 'VirtualProxyReady',
    meaning: 'The virtual proxy refuses requests for this host name.',
    confirm: 'QMC, Virtual proxies, Advanced: Host allow list.',
    fix: 'Add the host of serverUrl to the allow list.',
  },
  SessionsExhausted: {
    owners: 'VirtualProxyReady',
    meaning: 'The service account already has so many sessions that a sign-in is not tried.',
    confirm: 'QMC, Monitoring of sessions; Qlik allows five per user.',
    fix: 'Wait for sessions to end, or use an account of its own for this server.',
  },
  ExpiresSoon: {
    owners: 'CertificateValid',
    meaning: 'The client certificate is valid, but not for long: CertificateValid is still True.',
    confirm: 'kubectl get qs NAME -o jsonpath={.status.certificate.notAfter}',
    fix: 'Export a new certificate from the QMC and replace the Secret before that day. When warnings come: checks.expiryWarningDays.',
  },
  CertificateValid: {
    owners: 'CertificateValid',
    meaning: 'The client certificate is within its validity.',
    confirm: 'The column EXPIRES.',
    fix: nothing,
  },
  AppsSynced: {
    owners: 'AppsSynced',
    meaning: 'Every published app that is wanted has its QlikApp, and no other has one.',
    confirm: 'The columns APPS and LAST-SYNC; kubectl get qapp -l kpimailer.io/qlik-server=NAME',
    fix: nothing,
  },
  AppSyncDisabled: {
    owners: 'AppsSynced',
    meaning: 'spec.appSync.enabled is false: the QlikApps that exist stay as they are.',
    confirm: 'kubectl get qs NAME -o jsonpath={.spec.appSync.enabled}',
    fix: 'Set spec.appSync.enabled to true, or delete the QlikApps if nobody needs them.',
  },
  NoAppsVisible: {
    owners: 'AppsSynced',
    meaning:
      'The list of published apps is empty. True for a site, which was asked whether that is all; Unknown for a tenant, which shows nothing to a client without rights either.',
    confirm: 'The hub of the site, or the managed spaces of the tenant.',
    fix: 'For a tenant, give the OAuth client the scope admin.apps:read, or its bot user a role in the managed spaces.',
  },
  RightsReduced: {
    owners: 'AppsSynced',
    meaning:
      'The service account sees less than all published apps, so that the list says nothing about the rest. Nothing is removed.',
    confirm: 'The checks UserExists and RootAdmin; QMC, Security rules.',
    fix: 'Give the service account the role RootAdmin back, or remove the rule that restricts it.',
  },
  ListingIncomplete: {
    owners: 'AppsSynced',
    meaning:
      'The pages of the listing do not make up a whole: apps came or went meanwhile, or the server repeats or leaves out some. Nothing is removed.',
    confirm: 'The message says what did not fit.',
    fix: 'Nothing, if it passes. If it lasts, look for what publishes or deletes apps all the time.',
  },
  SuspiciousListing: {
    owners: 'AppsSynced',
    meaning:
      'All apps of a space, or more than ten and more than a fifth of all, are not listed any more. A tenant does not tell a lost right from deleted apps, so they are kept until they have been missing for 24 hours.',
    confirm: 'kubectl get qapp -l kpimailer.io/qlik-server=NAME shows them under MISSING.',
    fix: 'Give the OAuth client its rights back; or, if the apps are gone, run the command of the message.',
  },
  PublishedInNotFound: {
    owners: 'AppsSynced',
    meaning:
      'spec.appSync.publishedIn names a stream or space that the server does not have. Nothing is removed.',
    confirm: 'QMC, Streams; or the spaces of the tenant.',
    fix: 'Correct the name; it is compared exactly.',
  },
  AppsNotWritten: {
    owners: 'AppsSynced',
    meaning: 'The API server refuses to store QlikApps.',
    confirm: 'kubectl describe resourcequota; kubectl auth can-i create qlikapps --as=…',
    fix: 'Raise the quota (count/qlikapps.kpimailer.io), or give the operator the rights of the chart.',
  },
  WithinLimit: {
    owners: 'ExecutionsWithinLimit',
    meaning: 'No more slots are taken than spec.maxParallelExecutions allows.',
    confirm: 'The column RUNNING.',
    fix: nothing,
  },
  Saturated: {
    owners: 'ExecutionsWithinLimit',
    meaning:
      'All slots are taken, and executions have waited for more than 15 minutes while Qlik is well. Advice: the condition is True.',
    confirm: 'The column RUNNING; kubectl get jobs -l kpimailer.io/qlik-server=NAME',
    fix: 'Spread the schedules, or raise spec.maxParallelExecutions if the Qlik server has room.',
  },
  QlikSlow: {
    owners: 'ExecutionsWithinLimit',
    meaning:
      'All slots are taken, and Qlik has no session left for the account. Advice: the condition is True.',
    confirm: 'The check VirtualProxyReady; QMC, Monitoring of sessions.',
    fix: 'Lower spec.maxParallelExecutions, set spec.executions.slotCooldown, or use an account of its own.',
  },
  AboveSessionLimit: {
    owners: 'ExecutionsWithinLimit',
    meaning:
      'spec.maxParallelExecutions is above the five sessions that Qlik allows an account. Advice: the condition is True.',
    confirm: 'kubectl get qs NAME -o jsonpath={.spec.maxParallelExecutions}',
    fix: 'Lower it to 4: five less one for the checks.',
  },
  SharedIdentity: {
    owners: 'ExecutionsWithinLimit',
    meaning:
      'Another QlikServer uses the same server as the same user: each keeps its own limit, while Qlik counts the sessions of both together. Advice: the condition is True.',
    confirm: 'The message names them.',
    fix: 'Use one QlikServer for both (spec.executions.allowedNamespaces), or an account for each.',
  },
  OverLimit: {
    owners: 'ExecutionsWithinLimit',
    meaning:
      'More slots are taken than spec.maxParallelExecutions allows: it was lowered, or executions were started past the queue. Nobody is admitted until enough have ended.',
    confirm: 'The column RUNNING; the metric qlik_gate_bypass_total.',
    fix: 'Wait. If Jobs are started past the queue, install the admission policies of the chart.',
  },
  LedgerRebuilding: {
    owners: 'ExecutionsWithinLimit',
    meaning:
      'The operator does not know yet who runs: the record of it is new, was lost or restored, or was written by a newer operator. Nobody is admitted meanwhile.',
    confirm: 'It lasts some ten seconds.',
    fix: 'Nothing, if it passes. If it lasts, look into the log of the operator; a newer operator may run beside this one.',
  },
  InternalError: {
    owners: 'every check',
    meaning: 'The operator itself failed while checking.',
    confirm: 'The log of the operator has the stack trace.',
    fix: 'Report it. The check is tried again.',
  },
} as const satisfies Readonly<Record<string, ReasonHelp>>;

export type Reason = keyof typeof REASONS;
