import type { Content } from './content.ts';
import { condensed } from './condensed.ts';
import { applyFilter } from './filter/filter.ts';
import { FilterError } from './filter/filtererror.ts';
import type { QlikRecord } from './filter/property.ts';
import { type Identity, parseQlikUser, sameIdentity } from './identity.ts';
import { type Call, json, type Reply, text } from './message.ts';
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

/** The repository service (QRS): what port 4242 answers once the client certificate is accepted. */
export class Repository {
  readonly #content: Content;

  constructor(content: Content) {
    this.#content = content;
  }

  /** Answers a request that names its user in `X-Qlik-User`; without that header it is the full administrator's. */
  answer(call: Call): Reply {
    const header = call.headers['x-qlik-user'];
    return this.#answerAs(call, header === undefined ? 'administrator' : parseQlikUser(String(header)));
  }

  /** Answers a request that came through the proxy in a user's session. */
  answerSession(call: Call, user: Identity): Reply {
    return this.#answerAs(call, user);
  }

  #answerAs(call: Call, who: Identity | 'administrator' | undefined): Reply {
    if (call.segments[0] !== 'qrs') {
      return text(404, 'Not Found');
    }
    const refused = refuseWithoutXrfkey(call);
    if (refused !== undefined) {
      return refused;
    }
    if (who === 'administrator') {
      return this.#route(call, true);
    }
    const user = who && this.#content.users().find((each) => sameIdentity(each, who));
    if (user === undefined) {
      return text(403, 'Forbidden');
    }
    return user.inactive ? text(403, inactive) : this.#route(call, user.roles.includes('RootAdmin'));
  }

  #route(call: Call, seesEverything: boolean): Reply {
    const [, type = '', form = '', ...rest] = call.segments;
    if (rest.length > 0 || !['', 'full', 'count'].includes(form)) {
      return text(404, 'Not Found');
    }
    if (call.method !== 'GET') {
      return text(405, 'Method Not Allowed');
    }
    if (type === 'about') {
      return form === '' ? json(about) : text(404, 'Not Found');
    }
    const records = this.#content.collection(type);
    return records === undefined
      ? text(404, 'Not Found')
      : list({ call, type, form, records, seesEverything });
  }
}

interface Listing {
  readonly call: Call;
  readonly type: string;
  readonly form: string;
  readonly records: readonly QlikRecord[];
  readonly seesEverything: boolean;
}

function list({ call, type, form, records, seesEverything }: Listing): Reply {
  if (hasValuelessParameter(call.url.search)) {
    return text(400, 'Missing parameter value(s)');
  }
  const filter = call.url.searchParams.get('filter');
  try {
    const kept = filter === null ? records : applyFilter(records, filter);
    return shape(form, type, seesEverything ? kept : []);
  } catch (error) {
    if (error instanceof FilterError) {
      return text(400, error.message);
    }
    throw error;
  }
}

/** True for `?filter=name eq 'A & B'` with a bare `&`, which cuts the filter in two. */
function hasValuelessParameter(search: string): boolean {
  return search
    .slice(1)
    .split('&')
    .some((pair) => !/=./.test(pair));
}

function shape(form: string, type: string, records: readonly QlikRecord[]): Reply {
  switch (form) {
    case 'count':
      return json({ value: records.length });
    case 'full':
      return json(records);
    default:
      return json(records.map((record) => condensed(type, record)));
  }
}
