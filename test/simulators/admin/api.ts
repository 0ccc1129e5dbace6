import type { Simulation } from '../simulation.ts';

/** A request of the admin API, read to its end. */
export interface AdminCall {
  readonly method: string;
  /** The path without slashes at its ends. */
  readonly path: string;
  readonly body: string;
}

/** An answer; the body is always JSON. */
export interface AdminReply {
  readonly status: number;
  readonly body: unknown;
}

/** A request that cannot be carried out; the message says what is allowed. */
class AdminError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Action = (simulation: Simulation, body: string) => unknown;

/** Actions by method. */
type Actions = Readonly<Record<string, Action>>;

/** What each path can do. Actions return the new state. */
const resources: Readonly<Record<string, Actions>> = {
  '': { GET: () => overview },
  faults: {
    GET: describeFaults,
    DELETE: async (simulation) => {
      await simulation.clearFaults();
      return describeFaults(simulation);
    },
  },
  counters: {
    GET: (simulation) => simulation.counters(),
    DELETE: (simulation) => {
      simulation.resetCounters();
      return simulation.counters();
    },
  },
  sessions: { GET: listSessions },
  apps: { POST: addApps },
};

const overview = {
  'GET /faults': 'names, values and meaning of all faults',
  'PUT /faults/{name}': 'sets a fault to a JSON value: true, false, 3000, "repository"',
  'DELETE /faults': 'repairs everything',
  'GET /counters': 'what was seen',
  'DELETE /counters': 'forgets what was seen',
  'GET /sessions': 'open sessions',
  'POST /apps': 'adds published apps: {"count": 100}',
};

/** Answers a request; wrong ones with `{"error": …}` and what is allowed. */
export async function administer(simulation: Simulation, call: AdminCall): Promise<AdminReply> {
  try {
    return { status: 200, body: await actionOf(call)(simulation, call.body) };
  } catch (error) {
    const { message } = error as Error;
    return { status: error instanceof AdminError ? error.status : 400, body: { error: message } };
  }
}

function actionOf({ method, path }: AdminCall): Action {
  const [, fault] = /^faults\/([^/]+)$/.exec(path) ?? [];
  const actions = fault === undefined ? own(resources, path) : actionsOf(fault);
  if (actions === undefined) {
    throw new AdminError(404, `Unknown path "/${path}": allowed are ${Object.keys(overview).join(', ')}`);
  }
  const action = own(actions, method);
  if (action === undefined) {
    throw new AdminError(
      405,
      `/${path} does not know ${method}: allowed are ${Object.keys(actions).join(', ')}`,
    );
  }
  return action;
}

function actionsOf(fault: string): Actions {
  return { PUT: (simulation, body) => setFault(simulation, fault, body) };
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function describeFaults({ faults, usualFaults, faultHelp }: Simulation): unknown {
  return Object.entries(faults).map(([name, value]) => ({
    name,
    value,
    usual: usualFaults[name],
    help: faultHelp[name],
  }));
}

async function setFault(simulation: Simulation, name: string, body: string): Promise<unknown> {
  if (!Object.hasOwn(simulation.usualFaults, name)) {
    throw new AdminError(
      404,
      `Unknown fault "${name}": allowed are ${Object.keys(simulation.usualFaults).join(', ')}`,
    );
  }
  await simulation.setFault(name, typed(parse(body)));
  return { name, value: simulation.faults[name] };
}

/** A JSON value as a person would type it. */
function typed(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  throw new AdminError(400, 'The body must be true, false, a number or a text in quotes');
}

function listSessions(simulation: Simulation): unknown {
  if (simulation.sessions === undefined) throw new AdminError(404, 'This simulator has no sessions');
  return simulation.sessions();
}

function addApps(simulation: Simulation, body: string): unknown {
  const { count } = (parse(body) ?? {}) as { count?: unknown };
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > 20_000) {
    throw new AdminError(400, 'The body must be {"count": N} with N between 1 and 20000');
  }
  return { total: simulation.addApps(count) };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new AdminError(
      400,
      `The body must be JSON, such as true, 3000 or "repository"; it is: ${body.slice(0, 80)}`,
    );
  }
}
