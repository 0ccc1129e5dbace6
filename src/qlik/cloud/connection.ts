import { Cancellation } from '../../time/cancellation.ts';
import type { ListingOptions } from '../app-listing.ts';
import type { CheckOptions, CheckReport, QlikConnection } from '../connector.ts';
import { runSteps, type CheckStep } from '../steps.ts';
import { HttpSession } from '../transport/http.ts';
import { TenantApi } from './api.ts';
import { appsHint, listApps } from './apps.ts';
import { discover } from './discovery.ts';
import { endpointOf, type CloudConnection } from './tenant.ts';
import { AttemptsExhausted, type TokenCache } from './token.ts';
import { currentUser, TokenRefused, type CloudUser } from './user.ts';

const RESPONSE_LIMIT = 30_000;
const TOO_OFTEN =
  'the tenant has rejected this OAuth client so often that it is not asked again within the hour';
const PRODUCT = 'Qlik Cloud';

/** A connection to a Qlik Cloud tenant. */
export function cloudConnection(connection: CloudConnection, tokens: TokenCache): QlikConnection {
  return {
    check: (options) => check(connection, tokens, options),
    listApps: (options, onPage) => withApi(connection, tokens, options, (api) => listApps(api, onPage)),
    appsHint: (options) => withApi(connection, tokens, options, appsHint),
  };
}

/** The APIs of the tenant for the length of some work, over a connection of its own. */
async function withApi<T>(
  connection: CloudConnection,
  tokens: TokenCache,
  { signal, timeout }: ListingOptions,
  work: (api: TenantApi) => Promise<T>,
): Promise<T> {
  await using session = new HttpSession(endpointOf(connection), signal, Math.min(RESPONSE_LIMIT, timeout));
  return await work(new TenantApi(session, { connection, tokens, signal }));
}

async function check(
  connection: CloudConnection,
  tokens: TokenCache,
  options: CheckOptions,
): Promise<CheckReport> {
  using limit = Cancellation.after(options.timeout, options.signal);
  const { signal } = limit;
  const responseTimeout = Math.min(RESPONSE_LIMIT, options.timeout);
  await using session = new HttpSession(endpointOf(connection), signal, responseTimeout);
  const found: { user?: CloudUser } = {};
  const steps: CheckStep[] = [
    {
      name: 'ServerReachable',
      run: async () => {
        await discover(session);
        return { kind: 'passed', pass: 'Reachable', detail: `${session.address} is a Qlik Cloud tenant` };
      },
    },
    {
      name: 'Authenticated',
      needs: 'ServerReachable',
      run: async () => {
        try {
          found.user = await authenticate(connection, tokens, {
            session,
            anew: options.proveAnew,
            signal,
          });
        } catch (error) {
          if (!(error instanceof AttemptsExhausted)) throw error;
          return { kind: 'kept', why: 'AttemptsExhausted', detail: TOO_OFTEN };
        }
        return {
          kind: 'passed',
          pass: 'TokenGranted',
          detail: 'the OAuth client gets a token, and the API accepts it',
        };
      },
    },
  ];
  const { outcomes, durations, errors } = await runSteps(steps, session.address);
  const { user } = found;
  return {
    outcomes,
    durations,
    errors,
    signInProved: false,
    ...(user === undefined ? {} : { product: { name: PRODUCT, id: user.tenantId } }),
  };
}

/** A token that the API refuses may have been revoked: a new one is asked for, once. */
async function authenticate(
  connection: CloudConnection,
  tokens: TokenCache,
  { session, anew, signal }: { session: HttpSession; anew: boolean; signal: AbortSignal },
): Promise<CloudUser> {
  const ask = async (options: { anew: boolean }) => {
    const token = await tokens.get(connection, session, { ...options, signal });
    return tokens.reading(connection, session, () => currentUser(session, token));
  };
  try {
    return await ask({ anew });
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
  }
  try {
    return await ask({ anew: true });
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    throw session.failure('TokenRefused', `a token that was just granted is not accepted (${error.message})`);
  }
}
