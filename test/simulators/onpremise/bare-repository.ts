import { QlikError } from '../../../src/qlik/failure.ts';
import type { AccountsContext } from '../../../src/qlik/onpremise/context.ts';
import { Repository as RepositoryClient } from '../../../src/qlik/onpremise/repository.ts';
import type { HttpRequest, HttpResponse, HttpSession } from '../../../src/qlik/transport/http.ts';
import type { Call } from '../http/message.ts';
import { Apps } from './apps.ts';
import { Content } from './content.ts';
import { type Faults, NO_FAULTS } from './faults.ts';
import { Notifications } from './notifications.ts';
import { SERVICE_ACCOUNT } from './records/user.ts';
import { Repository } from './repository.ts';

const ADDRESS = 'qlik.corp.example:4242';

/** The repository of a site without ports, keys and TLS, for tests that ask it a hundred thousand times. */
export class BareRepository {
  readonly apps: Apps;
  faults: Faults = NO_FAULTS;
  /** What happens just before a request is answered. */
  beforeAnswer: (call: Call) => void = () => {};
  readonly #repository: Repository;
  #now = Date.UTC(2026, 0, 1);

  constructor(faults: Partial<Faults> = {}) {
    // No two things happen in the same millisecond.
    this.apps = new Apps(() => (this.#now += 1));
    this.setFaults(faults);
    const parts = { apps: this.apps, faults: () => this.faults };
    this.#repository = new Repository({
      ...parts,
      content: new Content({ ...parts, ports: () => ({ browser: 443, proxy: 4243 }) }),
      notifications: new Notifications(this.apps),
    });
  }

  setFaults(changes: Partial<Faults>): void {
    this.faults = { ...this.faults, ...changes };
  }

  get publishedIds(): readonly string[] {
    return this.apps.all.filter(({ published }) => published).map(({ id }) => id);
  }

  /** What the operator's client asks, and as whom. */
  get accounts(): AccountsContext {
    const { userDirectory, userId } = SERVICE_ACCOUNT;
    return {
      repository: new RepositoryClient(this.#session()),
      serviceAccount: { directory: userDirectory, id: userId },
      admin: { directory: 'INTERNAL', id: 'sa_api' },
    };
  }

  #session(): HttpSession {
    const session: Pick<HttpSession, 'address' | 'request' | 'failure'> = {
      address: ADDRESS,
      request: (request) => Promise.resolve(this.#answer(request)),
      failure: (kind, detail) => new QlikError({ kind, phase: 'api', endpoint: ADDRESS, detail }),
    };
    return session as HttpSession;
  }

  #answer({ method, path, headers = {}, body = '' }: HttpRequest): HttpResponse {
    const url = new URL(path, `https://${ADDRESS}`);
    const call = { method, url, segments: url.pathname.split('/').filter(Boolean), headers, body };
    this.beforeAnswer(call);
    return { ...this.#repository.answer(call), redact: (text) => text };
  }
}
