import type { Outcome } from '../connector.ts';
import { QlikError, type Failure, type FailureKind } from '../failure.ts';
import { addressOf } from '../transport/endpoint.ts';
import { HttpSession, type HttpResponse } from '../transport/http.ts';
import type { CheckContext } from './context.ts';
import type { Repository } from './repository.ts';

/** What the first exchange with both endpoints showed. It serves ServerReachable and Authenticated alike. */
export interface FirstContact {
  readonly browser: HttpResponse | Failure;
  readonly about: HttpResponse | Failure;
}

/** These mean that the repository port was reached and did not like the certificate: a matter of Authenticated. */
const BEYOND_REACH: ReadonlySet<FailureKind> = new Set(['ClientCertificateRejected']);

const UNAVAILABLE: ReadonlySet<number> = new Set([502, 503, 504]);

/** Asks both endpoints at once, so that one message can say "443 answers, 4242 does not". */
export async function firstContact(context: CheckContext): Promise<FirstContact> {
  const [browser, about] = await Promise.all([
    askBrowser(context),
    settled(() => askAbout(context.repository, context)),
  ]);
  return { browser, about };
}

/** A cut connection may also be a restarting service: asked once more before the certificate is blamed. */
async function askAbout(repository: Repository, { admin }: CheckContext): Promise<HttpResponse> {
  try {
    return await repository.aboutResponse(admin);
  } catch (error) {
    if (error instanceof QlikError && error.failure.kind === 'ClientCertificateRejected') {
      return repository.aboutResponse(admin);
    }
    throw error;
  }
}

async function askBrowser({ site, signal, responseTimeout }: CheckContext): Promise<HttpResponse | Failure> {
  await using session = new HttpSession(site.browser, signal, responseTimeout);
  return await settled(async () => {
    const response = await session.request({ method: 'GET', path: `${site.basePath}/` });
    if (!UNAVAILABLE.has(response.status)) return response;
    throw session.failure('ProxyUnavailable', `serverUrl answers with HTTP ${response.status}`, 'http');
  });
}

async function settled(ask: () => Promise<HttpResponse>): Promise<HttpResponse | Failure> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof QlikError) return error.failure;
    throw error;
  }
}

/** Whether a first contact ended with a failure rather than an answer. */
export function isFailure(contact: HttpResponse | Failure): contact is Failure {
  return 'kind' in contact;
}

/** ServerReachable: serverUrl and the repository port, by DNS, TCP, the certificate of the server and an answer. */
export function reachability({ site, repository }: CheckContext, contact: FirstContact): Outcome {
  const atBrowser = isFailure(contact.browser) ? contact.browser : undefined;
  const atRepository =
    isFailure(contact.about) && !BEYOND_REACH.has(contact.about.kind) ? contact.about : undefined;
  const browserAddress = addressOf(site.browser);
  const repositoryAddress = repository.session.address;
  if (atBrowser !== undefined && atRepository !== undefined) {
    const also =
      atRepository.endpoint === atBrowser.endpoint
        ? ''
        : `; ${atRepository.endpoint} (${atRepository.phase}): ${atRepository.detail}`;
    return { kind: 'failed', failure: { ...atBrowser, detail: `${atBrowser.detail}${also}` } };
  }
  if (atBrowser !== undefined) return { kind: 'failed', failure: andAnswers(atBrowser, repositoryAddress) };
  if (atRepository !== undefined)
    return { kind: 'failed', failure: andAnswers(atRepository, browserAddress) };
  return { kind: 'passed', pass: 'Reachable', detail: `${browserAddress} and ${repositoryAddress} answer` };
}

function andAnswers(failure: Failure, other: string): Failure {
  return { ...failure, detail: `${failure.detail} (${other} answers)` };
}
