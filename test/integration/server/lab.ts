import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../controlplane/start.ts';
import { until } from '../../controlplane/until.ts';
import { type ClientCredentials, Clients } from '../../simulators/cloud/clients.ts';
import { Tokens } from '../../simulators/cloud/tokens.ts';
import { type Session, Sessions } from '../../simulators/onpremise/sessions.ts';
import { Tickets } from '../../simulators/onpremise/tickets.ts';
import { Api } from './api.ts';
import { Needles } from './needles.ts';
import { Operator } from './operator.ts';

const CRD = join(import.meta.dirname, '../../../crds/kpimailer.io_qlikservers.yaml');

/**
 * A control plane with the operator on it: one per test file, as the operator serves a whole cluster. Its schema lets
 * `checks.interval` be one second, so that nobody waits for rhythms.
 */
export class Lab {
  readonly controlPlane: ControlPlane;
  readonly api: Api;
  readonly needles = new Needles();
  readonly #operators: Operator[] = [];
  /** Every ticket and every id of a session that the sites of this file have given away. */
  readonly issuedSecrets: string[] = [];

  private constructor(controlPlane: ControlPlane) {
    this.controlPlane = controlPlane;
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

  static async start(): Promise<Lab> {
    const { binaries } = inject('controlPlane');
    const lab = new Lab(await startControlPlane({ binaries }));
    try {
      await applyRelaxedCrd(lab.controlPlane, lab.api);
      await lab.startOperator();
      return lab;
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** The operator that runs, or ran last. */
  get operator(): Operator {
    const operator = this.#operators.at(-1);
    if (operator === undefined) throw new Error('No operator was started');
    return operator;
  }

  async startOperator(): Promise<void> {
    const { keeper, kubeconfig } = this.controlPlane;
    this.#operators.push(await Operator.start(keeper, `operator-${this.#operators.length}`, kubeconfig));
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

  async stop(): Promise<void> {
    await this.api.close();
    await this.controlPlane.stop();
  }
}

/** Installs the CRD with one second as the least `checks.interval`. */
export async function applyRelaxedCrd({ kubectl }: Pick<ControlPlane, 'kubectl'>, api: Api): Promise<void> {
  const released = readFileSync(CRD, 'utf8');
  const relaxed = released.replace(`>= duration('10s')`, `>= duration('1s')`);
  if (relaxed === released) throw new Error('checks.interval has another lower bound now');
  const { code, stderr } = await kubectl(['apply', '--filename=-'], { input: relaxed });
  if (code !== 0) throw new Error(`kubectl apply of the CRD failed:\n${stderr}`);
  await until('QlikServers are served', () =>
    api.get('/apis/kpimailer.io/v1alpha1/qlikservers').then(
      () => true,
      () => false,
    ),
  );
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
export function useLab(): () => Lab {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab?.stop());
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
