import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { Cancellation } from '../../time/cancellation.ts';
import { QlikError, type FailureKind, type Phase } from '../failure.ts';
import { classify, describeError } from './classify.ts';
import { describePeer, identityError } from './peer.ts';
import { addressOf, type Endpoint } from './endpoint.ts';
import { openTunnel, TunnelRefused, type HttpProxy } from './http-proxy.ts';
import { addressesOf } from './lookup.ts';

/** Milliseconds each phase may take. An own connector, as undici reports a stall in any of them as the same timeout. */
const CONNECT_DEADLINE = 5_000;

type DialPhase = Exclude<Phase, 'http' | 'api'>;

const ON_DEADLINE: Readonly<Record<DialPhase, readonly [FailureKind, string]>> = {
  proxy: ['HttpProxyFailed', 'gives no answer'],
  dns: ['DnsTemporary', 'the name server gives no answer'],
  tcp: ['ConnectTimeout', 'no answer to the attempt to connect'],
  tls: ['ConnectTimeout', 'the TLS handshake does not end'],
};

/** Opens a verified TLS connection in phases, each with its own deadline and error. Never resumes a session. */
export async function dial(endpoint: Endpoint, signal: AbortSignal): Promise<TLSSocket> {
  if (!endpoint.policy.allowsHost(endpoint.host))
    throw refused(endpoint, 'this host is not one of --allowed-hosts');
  const proxy = endpoint.proxyFor?.(endpoint.host, endpoint.port);
  const socket = await (proxy === undefined ? direct(endpoint, signal) : tunnel(endpoint, proxy, signal));
  try {
    return await phase(endpoint, 'tls', signal, (limit) => openTls(endpoint, socket, limit));
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function direct(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
  const found = await phase(endpoint, 'dns', signal, (limit) => addressesOf(endpoint.host, limit));
  const addresses = endpoint.policy.permitted(found);
  if (addresses.length === 0) throw refused(endpoint, 'the host has a loopback or link-local address');
  return phase(endpoint, 'tcp', signal, (limit) => openTcp(endpoint, addresses, limit));
}

/** The name of the server is then looked up by the proxy; an address that is written as such is ours to judge. */
async function tunnel(endpoint: Endpoint, proxy: HttpProxy, signal: AbortSignal): Promise<Socket> {
  const family = isIP(endpoint.host);
  if (family !== 0 && endpoint.policy.permitted([{ address: endpoint.host, family }]).length === 0)
    throw refused(endpoint, 'the host is a loopback or link-local address');
  const name = addressOf(proxy);
  const socket = await phase(endpoint, 'proxy', signal, async (limit) => {
    const found = await addressesOf(proxy.host, limit);
    const addresses = proxy.isBounded ? endpoint.policy.permitted(found) : found;
    if (addresses.length === 0)
      throw refused(endpoint, `the HTTP proxy ${name} has a loopback or link-local address`);
    return openTcp(proxy, addresses, limit);
  });
  try {
    return await phase(endpoint, 'proxy', signal, (limit) => openTunnel(endpoint, proxy, socket, limit));
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function phase<T>(
  endpoint: Endpoint,
  name: DialPhase,
  signal: AbortSignal,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  using limit = Cancellation.after(CONNECT_DEADLINE, signal);
  try {
    return await work(limit.signal);
  } catch (error) {
    if (error instanceof QlikError) throw error;
    throw failed(endpoint, name, limit.signal.aborted ? undefined : error);
  }
}

function refused(endpoint: Endpoint, detail: string): QlikError {
  return new QlikError({ kind: 'TargetRefused', phase: 'dns', endpoint: addressOf(endpoint), detail });
}

/** `cause` is undefined when a deadline, and not the other side, ended the attempt. */
function failed(endpoint: Endpoint, name: DialPhase, cause: unknown): QlikError {
  const [kind, seen] = cause === undefined ? ON_DEADLINE[name] : explained(endpoint, name, cause);
  const proxy = name === 'proxy' ? endpoint.proxyFor?.(endpoint.host, endpoint.port) : undefined;
  const detail = proxy === undefined ? seen : `the HTTP proxy ${addressOf(proxy)}: ${seen}`;
  return new QlikError({ kind, phase: name, endpoint: addressOf(endpoint), detail }, { cause });
}

function explained(endpoint: Endpoint, name: DialPhase, cause: unknown): readonly [FailureKind, string] {
  if (name === 'proxy') return ['HttpProxyFailed', describeProxyError(cause)];
  const kind = classify(cause, name, endpoint.presentsClientCertificate);
  return [kind, describeError(cause, kind)];
}

type Addresses = Awaited<ReturnType<typeof addressesOf>>;

function describeProxyError(cause: unknown): string {
  if (!(cause instanceof TunnelRefused)) return describeError(cause, 'HttpProxyFailed');
  if (cause.status === 407) return 'it wants a user and a password (HTTP 407)';
  if (cause.status >= 500) return `it does not reach the server (HTTP ${cause.status})`;
  return `it refuses to connect to the server (HTTP ${cause.status})`;
}

function openTcp(
  { host, port }: Pick<Endpoint, 'host' | 'port'>,
  addresses: Addresses,
  limit: AbortSignal,
): Promise<Socket> {
  const lookup: LookupFunction = (_host, options, callback) => {
    if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
  };
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connectTcp({
    host,
    port,
    lookup,
    autoSelectFamily: true,
    // The default of 250 ms gives up on an address that a VPN link would have reached.
    autoSelectFamilyAttemptTimeout: CONNECT_DEADLINE / 2,
  });
  settleOnce(socket, 'connect', limit, { resolve: () => resolve(socket), reject });
  return promise;
}

function openTls(endpoint: Endpoint, socket: Socket, limit: AbortSignal): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const servername = endpoint.tlsServerName ?? endpoint.host;
  const tls = connectTls({
    socket,
    // A name indication must not be an address; the certificate is compared with it all the same.
    ...(isIP(servername) === 0 ? { servername } : {}),
    host: servername,
    secureContext: endpoint.secureContext,
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    // Verified below, before a byte is sent: Node verifies at the same moment, but then hides whose certificate it was.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  // Node would make objects of the whole chain for that, which takes a quarter of the CPU of a handshake (measured).
  tls.getPeerCertificate = () => ({}) as DetailedPeerCertificate;
  const verified = () => {
    const refusal = endpoint.verify ? refusalOf(endpoint, tls, servername) : undefined;
    if (refusal === undefined) return resolve(tls);
    tls.destroy();
    reject(refusal);
  };
  settleOnce(tls, 'secureConnect', limit, { resolve: verified, reject });
  return promise;
}

/** Why the certificate of the server does not convince, naming whose it is. */
function refusalOf(endpoint: Endpoint, tls: TLSSocket, servername: string): QlikError | undefined {
  // Asked once: Node takes the certificate out of what it keeps and gives another one, or none, the next time.
  const certificate = tls.getPeerX509Certificate();
  const code = tls.authorized ? identityError(certificate, servername) : String(tls.authorizationError);
  if (code === undefined) return undefined;
  const found = classify(Object.assign(new Error(code), { code }), 'tls', false);
  // OpenSSL has dozens of reasons: whatever it is, it is the certificate and not the connection.
  const kind = found === 'ConnectionFailed' ? 'ServerCertificateInvalid' : found;
  const detail = describePeer(kind, certificate, code) ?? `its certificate is not accepted (${code})`;
  return new QlikError({ kind, phase: 'tls', endpoint: addressOf(endpoint), detail });
}

interface Settle {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Settles with the first of: the event, an error, a premature end, the limit. Leaves no listener behind. */
function settleOnce(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  limit: AbortSignal,
  settle: Settle,
): void {
  const done = () => {
    socket.removeListener(event, succeed);
    socket.removeListener('error', fail);
    socket.removeListener('close', ended);
    limit.removeEventListener('abort', abort);
  };
  const succeed = () => {
    done();
    settle.resolve();
  };
  const fail = (error: Error) => {
    done();
    socket.on('error', () => {});
    socket.destroy();
    settle.reject(error);
  };
  const ended = () => fail(Object.assign(new Error('connection closed'), { code: 'ECONNRESET' }));
  const abort = () => fail(new Error('deadline'));
  socket.on(event, succeed).on('error', fail).on('close', ended);
  if (limit.aborted) abort();
  else limit.addEventListener('abort', abort, { once: true });
}
