import type { CheckName } from '../api/conditions.ts';
import type { ListingEnd, ListingOptions, OnPage } from './app-listing.ts';
import type { Failure } from './failure.ts';

/** What a check that passed says. */
export const PASSES = [
  'Reachable',
  'CertificateAccepted',
  'TokenGranted',
  'UserFound',
  'RoleAssigned',
  'SignInProven',
  'NotAllNodesProven',
  'LinkedNotProven',
] as const;
export type Pass = (typeof PASSES)[number];

/** The result of one check: three outcomes, not two, and `kept` where the last verdict still stands. */
export type Outcome =
  | { readonly kind: 'passed'; readonly pass: Pass; readonly detail: string }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'notRun'; readonly because: CheckName }
  /** Nothing speaks against the last verdict, and proving it anew was not due or not possible. */
  | {
      readonly kind: 'kept';
      readonly why: 'NotDue' | 'SessionsExhausted' | 'AttemptsExhausted';
      readonly detail: string;
    };

export interface CheckReport {
  /** One entry per check, in order. */
  readonly outcomes: ReadonlyMap<CheckName, Outcome>;
  /** Milliseconds of each check that was made. */
  readonly durations: ReadonlyMap<CheckName, number>;
  readonly product?: { readonly name: string; readonly version?: string; readonly id?: string };
  /** Changes when what a sign-in proof rests on changes; the next check should prove it anew. */
  readonly virtualProxyVersion?: string;
  readonly signInProved: boolean;
  /** Errors of our own while checking; for the log, as their text and stack are not for a status. */
  readonly errors: readonly unknown[];
}

export interface CheckOptions {
  /** Aborts the check; it then still reports what it has found. */
  readonly signal: AbortSignal;
  /** Milliseconds for the whole check. */
  readonly timeout: number;
  /** Whether everything must be proved anew, leaving out whatever is remembered. */
  readonly proveAnew: boolean;
  /** Whether a sign-in must be proved anew, given the version of the virtual proxy seen now. */
  readonly proveSignIn: (virtualProxyVersion: string) => boolean;
}

/** A connection to a Qlik server: the only thing the rest of the operator knows of the vendor. */
export interface QlikConnection {
  check(options: CheckOptions): Promise<CheckReport>;
  /** Lists the published apps page by page. Throws a `QlikError` where the server fails. */
  listApps(options: ListingOptions, onPage: OnPage): Promise<ListingEnd>;
  /** Differs once an app was published or is gone; a cheap hint that may miss things, so never a proof. */
  appsHint(options: ListingOptions): Promise<string>;
}
