import type { OnPremise } from '../../api/onpremise.ts';
import type { CheckOptions } from '../connector.ts';
import type { QlikUser } from './headers.ts';
import type { Repository } from './repository.ts';
import type { OnPremiseConnection, Site } from './site.ts';

/** What the checks of one run share. */
export interface CheckContext {
  readonly connection: OnPremiseConnection;
  readonly spec: OnPremise;
  readonly site: Site;
  readonly repository: Repository;
  readonly serviceAccount: QlikUser;
  readonly admin: QlikUser;
  /** Aborts when the check is cancelled or its time is over. */
  readonly signal: AbortSignal;
  readonly responseTimeout: number;
  readonly proveSignIn: CheckOptions['proveSignIn'];
}
