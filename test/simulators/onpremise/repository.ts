import type { Call, Reply } from '../http/message.ts';
import type { Apps } from './apps.ts';
import type { Content } from './content.ts';
import type { Faults } from './faults.ts';
import type { QlikRecord } from './filter/property.ts';
import { type Identity, parseQlikUser, sameIdentity } from './identity.ts';
import { list, type Listing, outgoing, selected } from './lists.ts';
import { json, text } from './message.ts';
import type { Notifications } from './notifications.ts';
import { license } from './records/license.ts';
import { SERVICE_ACCOUNT, type UserRecord } from './records/user.ts';
import { sortedBy } from './sort.ts';
import { isFurtherPage, table } from './table.ts';
import { refuseWithoutXrfkey } from './xrfkey.ts';

const about = {
  buildVersion: '31.60.0.0',
  buildDate: '9/20/2013 10:09:00 AM',
  databaseProvider: 'Devart.Data.PostgreSql',
  nodeType: 1,
  sharedPersistence: true,
  requiresBootstrap: false,
  singleNodeOnly: false,
  schemaPath: 'About',
};

const inactive = 'Forbidden: Your account is inactive. Contact your administrator to activate it.';

/** What the repository needs of the site. */
export interface RepositoryParts {
  readonly content: Content;
  readonly apps: Apps;
  readonly notifications: Notifications;
  readonly faults: () => Faults;
}

/** How much a caller sees. */
type Sight = 'everything' | 'everyOtherApp' | 'olderApps' | 'nothing';

/** What the service account sees, by the value of fault `listsFiltered`. */
const sights = { false: 'everything', true: 'everyOtherApp', half: 'olderApps' } as const;

/** The repository service (QRS): what port 4242 answers once the client certificate is accepted. */
export class Repository {
  readonly #parts: RepositoryParts;
  #inserted = 0;

  constructor(parts: RepositoryParts) {
    this.#parts = parts;
  }

  /** Answers a request that names its user in `X-Qlik-User`; without that header it is the full administrator's. */
  answer(call: Call): Reply {
    const header = call.headers['x-qlik-user'];
    const { spaceInUserId } = this.#parts.faults();
    return this.#answerAs(
      call,
      header === undefined ? 'administrator' : parseQlikUser(String(header), spaceInUserId),
    );
  }

  /** Answers a request that came through the proxy in a user's session. */
  answerSession(call: Call, user: Identity): Reply {
    return this.#answerAs(call, user);
  }

  #answerAs(call: Call, who: Identity | 'administrator' | undefined): Reply {
    if (call.segments[0] !== 'qrs') {
      return text(404, 'Not Found');
    }
    const sight = refuseWithoutXrfkey(call) ?? this.#sightOf(who);
    return typeof sight === 'string' ? this.#route(call, sight) : sight;
  }

  #sightOf(who: Identity | 'administrator' | undefined): Sight | Reply {
    if (who === 'administrator') return 'everything';
    const { unknownUserCreated, listsFiltered } = this.#parts.faults();
    const user = who && this.#parts.content.users().find((each) => sameIdentity(each, who));
    if (user === undefined) return who && unknownUserCreated ? 'nothing' : text(403, 'Forbidden');
    const refusal = this.#refusalOf(user);
    if (refusal !== undefined) return refusal;
    if (!user.roles.includes('RootAdmin')) return 'nothing';
    return sameIdentity(user, SERVICE_ACCOUNT) ? sights[`${listsFiltered}`] : 'everything';
  }

  #refusalOf(user: UserRecord): Reply | undefined {
    if (user.inactive || user.blacklisted || user.removedExternally) return text(403, inactive);
    const { userRefused } = this.#parts.faults();
    return userRefused && sameIdentity(user, SERVICE_ACCOUNT) ? text(403, 'Forbidden') : undefined;
  }

  #route(call: Call, sight: Sight): Reply {
    const type = (call.segments[1] ?? '').toLowerCase();
    if (type === 'notification') {
      return sight === 'nothing' ? text(403, 'Forbidden') : this.#parts.notifications.answer(call);
    }
    if (type === 'about' || type === 'license') return this.#single(call, type, sight);
    const records = this.#parts.content.collection(type);
    if (records === undefined || call.segments.length > 3) return text(404, 'Not Found');
    return this.#collection(call, {
      type,
      form: (call.segments[2] ?? '').toLowerCase(),
      url: call.url,
      records,
      sees: view(sight, type, records),
      faults: this.#parts.faults(),
    });
  }

  #single({ method, segments }: Call, type: 'about' | 'license', sight: Sight): Reply {
    if (segments.length > 2) return text(404, 'Not Found');
    if (method !== 'GET') return text(405, 'Method Not Allowed');
    if (type === 'about') return json(about);
    return sight === 'nothing' ? text(403, 'Forbidden') : json(license(this.#parts.faults()));
  }

  #collection({ method, body }: Call, listing: Listing): Reply {
    const { form, type } = listing;
    if (form === 'table') {
      if (method !== 'POST') return text(405, 'Method Not Allowed');
      this.#changeApps(listing);
      return table({ ...listing, records: this.#parts.content.collection(type) ?? [] }, body);
    }
    const read = ['', 'full', 'count'].includes(form) ? list(listing) : single(listing);
    return method === 'GET' || read.status === 404 ? read : text(405, 'Method Not Allowed');
  }

  /** Fault `appsChange`: shifts the windows of a table that is being paged through. */
  #changeApps(listing: Listing): void {
    const { appsChange } = listing.faults;
    if (appsChange === false || listing.type !== 'app' || !isFurtherPage(listing.url)) return;
    if (appsChange === 'inserted') {
      this.#inserted += 1;
      const number = String(this.#inserted).padStart(12, '0');
      this.#parts.apps.add({ id: `00000000-0000-4000-8000-${number}`, name: `!Inserted ${number}` });
      return;
    }
    const kept = selected(listing);
    const [first] =
      'status' in kept ? [] : sortedBy(kept, listing.url.searchParams.get('sortColumn') ?? '', true);
    if (first !== undefined) this.#parts.apps.remove(first.id);
  }
}

function single({ form, records, sees, faults }: Listing): Reply {
  const record = records.find(({ id }) => id === form);
  if (record === undefined) return text(404, 'Not Found');
  return sees(record) ? json(outgoing(record, faults)) : text(403, 'Forbidden');
}

function view(sight: Sight, type: string, records: readonly QlikRecord[]): Listing['sees'] {
  if (sight === 'nothing') return () => false;
  if (sight === 'everything' || type !== 'app') return () => true;
  const isSeen = (index: number) => (sight === 'olderApps' ? index < records.length / 2 : index % 2 === 0);
  const seen = new Set(records.filter((_record, index) => isSeen(index)));
  return (record) => seen.has(record);
}
