import { randomUUID } from 'node:crypto';
import type { Call, Reply } from '../http/message.ts';
import type { Apps } from './apps.ts';
import { json, text } from './message.ts';

/** A wish to be told of changes. The simulator keeps it, but calls nobody. */
export interface Subscription {
  readonly handle: string;
  /** Type of objects: `App`. */
  readonly name: string;
  /** Where to call. */
  readonly uri: string;
}

/** `/qrs/notification` and `/qrs/notification/changes`. */
export class Notifications {
  readonly #apps: Apps;
  readonly #open = new Map<string, Subscription>();

  constructor(apps: Apps) {
    this.#apps = apps;
  }

  /** All subscriptions. */
  get list(): readonly Subscription[] {
    return [...this.#open.values()];
  }

  /** Forgets all subscriptions, as a restart of the repository does. */
  forget(): void {
    this.#open.clear();
  }

  /** Answers a request of an administrator. */
  answer(call: Call): Reply {
    const rest = call.segments.slice(2).join('/');
    switch (`${call.method} ${rest}`) {
      case 'POST ':
        return this.#subscribe(call);
      case 'DELETE ':
        return this.#open.delete(call.url.searchParams.get('handle') ?? '')
          ? { status: 204, headers: {}, body: '' }
          : text(404, 'Not Found');
      case 'GET changes':
        return this.#changes(call.url.searchParams);
      default:
        return rest === '' || rest === 'changes' ? text(405, 'Method Not Allowed') : text(404, 'Not Found');
    }
  }

  #subscribe({ url, body }: Call): Reply {
    const name = url.searchParams.get('name') ?? '';
    const uri = parseUri(body);
    if (name === '' || uri === undefined) return text(400, 'Bad Request');
    const handle = randomUUID();
    this.#open.set(handle, { handle, name, uri });
    return json({ value: handle }, 201);
  }

  #changes(params: URLSearchParams): Reply {
    const since = Date.parse(params.get('since') ?? '');
    if (Number.isNaN(since)) return text(400, 'Missing parameter value(s)');
    const types = (params.get('types') ?? 'App').toLowerCase().split(',');
    const changes = this.#apps.changes.filter(
      ({ type, changeDate }) => types.includes(type.toLowerCase()) && Date.parse(changeDate) >= since,
    );
    return json(changes);
  }
}

/** The body is a JSON string. */
function parseUri(body: string): string | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'string' && URL.canParse(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
