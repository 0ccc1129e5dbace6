import type { OnPremise } from '../../api/onpremise.ts';
import type { CheckOptions } from '../connector.ts';
import type { QlikUser } from './headers.ts';
import type { Repository } from './repository.ts';
import type { OnPremiseConnection, Site } from './site.ts';

/** The repository, and the two accounts it is asked as. */
export interface AccountsContext {
  readonly repository: Repository;
  readonly serviceAccount: QlikUser;
  readonly admin: QlikUser;
}

/** What the checks of one run share. */
export interface CheckContext extends AccountsContext {
  readonly connection: OnPremiseConnection;
  readonly spec: OnPremise;
  readonly site: Site;
  /** Aborts when the check is cancelled or its time is over. */
  readonly signal: AbortSignal;
  readonly responseTimeout: number;
  readonly proveSignIn: CheckOptions['proveSignIn'];
}
