import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../controlplane/start.ts';
import { OperatorAccount } from '../../installation/account.ts';
import { apply, restrictedNamespace } from '../../installation/apply.ts';
import { Chart, RELEASE, type Values } from '../../installation/chart.ts';
import { Manifests } from '../../installation/manifests.ts';
import { userOf } from '../../installation/pod.ts';
import { grantedRights, type Right, usedRights } from '../../installation/rights.ts';
import { type ClientCredentials, Clients } from '../../simulators/cloud/clients.ts';
import { Tokens } from '../../simulators/cloud/tokens.ts';
import { type Session, Sessions } from '../../simulators/onpremise/sessions.ts';
import { Tickets } from '../../simulators/onpremise/tickets.ts';
import { TEST_VALUES } from '../shared-installation.ts';
import { RightsOfRun } from '../rights-of-run.ts';
import { Api } from './api.ts';
import { Needles } from './needles.ts';
import { Operator } from './operator.ts';
import { type ExpectedRefusal, Refusals } from './refusals.ts';
import { applyRelaxedCrds } from './relaxed-crd.ts';

export interface LabOptions {
  /** Further flags of the API server. @default none */
  readonly apiServerArgs?: readonly string[];
  /** Of the chart, over `TEST_VALUES`. @default none: what the global setup has rendered */
  readonly values?: Values;
  /** That the values name, so that they must exist before the chart is installed. @default none */
  readonly namespaces?: readonly string[];
  /** A module that the operator's process loads before anything else. @default none */
  readonly preload?: string;
}

/**
 * A control plane with the operator on it, as the chart installs it: one per test file, as the operator serves a whole
 * cluster. Its schema lets `checks.interval` be one second, so that nobody waits for rhythms.
 */
export class Lab {
  readonly controlPlane: ControlPlane;
  readonly api: Api;
  readonly needles = new Needles();
  readonly bundle = inject('installation').bundle;
  /** All that the operator may do here. */
  readonly granted: readonly Right[];
  readonly #hasOwnValues: boolean;
  readonly #preload: string | undefined;
  readonly #operators: Operator[] = [];
  readonly #refusals = new Refusals();
  #account: OperatorAccount | undefined;
  /** Every ticket and every id of a session that the sites of this file have given away. */
  readonly issuedSecrets: string[] = [];

  private constructor(
    controlPlane: ControlPlane,
    ownManifests: Manifests | undefined,
    preload: string | undefined,
  ) {
    this.controlPlane = controlPlane;
    this.#preload = preload;
    this.granted = ownManifests === undefined ? inject('installation').granted : grantedRights(ownManifests);
    this.#hasOwnValues = ownManifests !== undefined;
    this.api = new Api(controlPlane);
    onResult(Tickets.prototype, 'issue', (ticket) => this.issuedSecrets.push(ticket as string));
    onResult(Sessions.prototype, 'open', (session) => {
      const { id } = (session ?? {}) as Partial<Session>;
      if (id !== undefined) this.issuedSecrets.push(id);
    });
    onResult(Tokens.prototype, 'issue', (token) => {
      const { value } = token as { value: string };
      this.issuedSecrets.push(value);
      // All begin with the same header, which is no secret.
      this.needles.addLong('token', value.slice(value.indexOf('.') + 1));
    });
    onResult(Clients.prototype, 'add', (client) => {
      this.needles.addLong('client secret', (client as ClientCredentials).clientSecret);
    });
    onResult(Clients.prototype, 'rotate', (secret) => {
      this.needles.addLong('client secret', secret as string);
    });
  }

  static async start({
    apiServerArgs = [],
    values,
    namespaces = [],
    preload,
  }: LabOptions = {}): Promise<Lab> {
    const { binaries } = inject('controlPlane');
    const own = values && (await (await Chart.open()).render({ ...TEST_VALUES, ...values }));
    const manifests = own ?? new Manifests(inject('installation').manifests);
    const audit = { users: [userOf(manifests.podTemplate.spec, RELEASE)] };
    const controlPlane = await startControlPlane({ binaries, audit, extraApiServerArgs: apiServerArgs });
    const lab = new Lab(controlPlane, own, preload);
    try {
      await applyRelaxedCrds(controlPlane, lab.api);
      if (namespaces.length > 0) await apply(controlPlane.kubectl, ...namespaces.map(restrictedNamespace));
      const { api } = lab;
      lab.#account = await OperatorAccount.install({ controlPlane, api, manifests, release: RELEASE });
      await lab.startOperator();
      return lab;
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** Whom the operator runs as. */
  get account(): OperatorAccount {
    if (this.#account === undefined) throw new Error('The chart is not installed yet');
    return this.#account;
  }

  /** The operator that runs, or ran last. */
  get operator(): Operator {
    const operator = this.#operators.at(-1);
    if (operator === undefined) throw new Error('No operator was started');
    return operator;
  }

  async startOperator(): Promise<void> {
    const { args, env } = this.account.pod;
    const preloaded = this.#preload === undefined ? {} : { NODE_OPTIONS: `--import=${this.#preload}` };
    const program = { main: this.bundle, args, env: { ...env, ...preloaded } };
    const name = `operator-${this.#operators.length}`;
    this.#operators.push(await Operator.start(this.controlPlane.keeper, name, program));
  }

  async restartOperator(): Promise<void> {
    await this.operator.end();
    await this.startOperator();
  }

  /** Everything the operator has said to anybody. */
  async outputs(): Promise<Readonly<Record<string, string>>> {
    const printed = (args: readonly string[]) =>
      this.controlPlane.kubectl([...args, '--all-namespaces', '--output=yaml']).then(({ stdout }) => stdout);
    return {
      log: this.#operators.map(({ logText }) => logText).join('\n'),
      metrics: (await this.operator.get('/metrics')).text,
      servers: await printed(['get', 'qlikservers', '--show-managed-fields']),
      events: await printed(['get', 'events.events.k8s.io']),
    };
  }

  /** For a test in which the operator may not do what it tries to: everywhere else, a refusal fails the file. */
  expectRefusals(of: ExpectedRefusal): void {
    this.#refusals.expect(of);
  }

  /**
   * Throws when the operator was refused what no test expects. Otherwise tells the run which rights it has used, if they
   * are those that all labs share.
   */
  judgeRights(): void {
    const requests = this.account.requests();
    const problems = this.#refusals.problems(requests);
    if (problems.length > 0)
      throw new Error(
        `Grant it in charts/qlik-operator/templates/rbac, or mark the test with lab().expectRefusals(…):\n${problems.join('\n')}`,
      );
    if (this.#hasOwnValues) return;
    new RightsOfRun(inject('rightsOfRun')).add(usedRights(this.granted, requests));
  }

  async stop(): Promise<void> {
    await this.api.close();
    await this.controlPlane.stop();
  }
}

/** Tells what a method of a class returns, from now on. Spies of Vitest forget it with every test. */
function onResult(prototype: object, method: string, tell: (result: unknown) => void): void {
  const original = Reflect.get(prototype, method) as (...args: unknown[]) => unknown;
  Reflect.set(prototype, method, function told(this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args);
    tell(result);
    return result;
  });
}

/** A lab for the tests of the file. Call `searchForSecrets` after the last of them. */
export function useLab(options: LabOptions = {}): () => Lab {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await Lab.start(options);
  });
  afterAll(async () => {
    try {
      lab?.judgeRights();
    } finally {
      await lab?.stop();
    }
  });
  return () => {
    if (lab === undefined) throw new Error('The lab is not there before the tests run');
    return lab;
  };
}

/** The last test of a file: nothing that it used and that is secret stands in any output. */
export function searchForSecrets(lab: () => Lab): void {
  test('no secret is in any output', async () => {
    const { needles, issuedSecrets } = lab();
    expect(issuedSecrets.length).toBeGreaterThan(1);
    for (const secret of issuedSecrets) needles.add('ticket or session', Buffer.from(secret));
    const outputs = await lab().outputs();
    expect(needles.size).toBeGreaterThan(1000);
    expect(outputs['log']).toContain('"level":"trace"');
    const empty = Object.keys(outputs).filter((name) => (outputs[name] ?? '').length < 100);
    expect(empty).toEqual([]);
    const found = Object.entries(outputs).flatMap(([name, text]) =>
      needles.in(text).map((place) => `${name}: ${place}`),
    );
    expect(found).toEqual([]);
  });
}
