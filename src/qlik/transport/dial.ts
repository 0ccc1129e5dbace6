import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { Cancellation } from '../../time/cancellation.ts';
import { QlikError, type FailureKind } from '../failure.ts';
import { classify, describeError } from './classify.ts';
import { describePeer, identityError } from './peer.ts';
import { addressOf, type Endpoint } from './endpoint.ts';
import { addressesOf } from './lookup.ts';

/** Milliseconds each phase may take. An own connector, as undici reports a stall in any of them as the same timeout. */
const CONNECT_DEADLINE = 5_000;

const ON_DEADLINE: Readonly<Record<'dns' | 'tcp' | 'tls', readonly [FailureKind, string]>> = {
  dns: ['DnsTemporary', 'the name server gives no answer'],
  tcp: ['ConnectTimeout', 'no answer to the attempt to connect'],
  tls: ['ConnectTimeout', 'the TLS handshake does not end'],
};

/** Opens a verified TLS connection in three phases, each with its own deadline and error. Never resumes a session. */
export async function dial(endpoint: Endpoint, signal: AbortSignal): Promise<TLSSocket> {
  if (!endpoint.policy.allowsHost(endpoint.host))
    throw refused(endpoint, 'this host is not one of --allowed-hosts');
  const found = await phase(endpoint, 'dns', signal, (limit) => addressesOf(endpoint.host, limit));
  const addresses = endpoint.policy.permitted(found);
  if (addresses.length === 0) throw refused(endpoint, 'the host has a loopback or link-local address');
  const socket = await phase(endpoint, 'tcp', signal, (limit) => openTcp(endpoint, addresses, limit));
  try {
    return await phase(endpoint, 'tls', signal, (limit) => openTls(endpoint, socket, limit));
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function phase<T>(
  endpoint: Endpoint,
  name: 'dns' | 'tcp' | 'tls',
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
function failed(endpoint: Endpoint, name: 'dns' | 'tcp' | 'tls', cause: unknown): QlikError {
  const [kind, detail] = cause === undefined ? ON_DEADLINE[name] : explained(endpoint, name, cause);
  return new QlikError({ kind, phase: name, endpoint: addressOf(endpoint), detail }, { cause });
}

function explained(
  endpoint: Endpoint,
  name: 'dns' | 'tcp' | 'tls',
  cause: unknown,
): readonly [FailureKind, string] {
  const kind = classify(cause, name, endpoint.presentsClientCertificate);
  return [kind, describeError(cause, kind)];
}

type Addresses = Awaited<ReturnType<typeof addressesOf>>;

function openTcp(endpoint: Endpoint, addresses: Addresses, limit: AbortSignal): Promise<Socket> {
  const lookup: LookupFunction = (_host, options, callback) => {
    if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
  };
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connectTcp({
    host: endpoint.host,
    port: endpoint.port,
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
