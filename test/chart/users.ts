import { until } from '../controlplane/until.ts';
import { apply } from '../installation/apply.ts';
import { PATHS } from '../integration/server/api.ts';
import type { Wishes, World } from '../integration/server/world.ts';

/** What the server must be like that they use. */
export const SERVER_OF_USERS: Wishes = {
  binding: { secretName: 'report-credentials' },
  appSync: { enabled: true, removalGrace: '0s' },
  executions: { allowedNamespaces: { from: 'Selector', selector: { matchLabels: {} } } },
};

/** Before it admits anybody the operator looks who runs, and it waits before it believes that a Job has stopped: 10 s each. */
const PATIENCE = { deadlineMs: 60_000, everyMs: 200 };

const API_VERSION = 'kpimailer.io/v1alpha1';
const POD_SPEC = { restartPolicy: 'Never', containers: [{ name: 'report', image: 'report' }] };

/** Users of a server who, from first to last, make the operator use all of its rights on apps and executions. */
export class Users {
  readonly #world: World;
  /** Another namespace that the operator looks after. */
  readonly #elsewhere: string;

  constructor(world: World, elsewhere: string) {
    this.#world = world;
    this.#elsewhere = elsewhere;
  }

  /** A test of the server, which is not kept. An app that somebody has made by hand, a slot of a pod, one of a Lease, and a Job of the other namespace. */
  async arrive(): Promise<void> {
    const { site, namespace, lab } = this.#world;
    site.addApp();
    const [{ id, name, stream } = site.addApp()] = site.publishedApps;
    const publishedIn = { kind: 'Stream', id: stream?.id, name: stream?.name };
    const { metadata: pod } = await lab.api.create<{ metadata: { uid: string } }>(
      `/api/v1/namespaces/${namespace}/pods`,
      { metadata: { name: 'worker' }, spec: POD_SPEC },
    );
    const execution = (slot: string, holder: object) => ({
      apiVersion: API_VERSION,
      kind: 'QlikExecution',
      metadata: { name: slot, namespace },
      spec: { serverRef: { name: 'qlik' }, ...holder },
    });
    await apply(
      lab.controlPlane.kubectl,
      {
        apiVersion: API_VERSION,
        kind: 'QlikApp',
        metadata: { name: `qlik.${id}`, namespace },
        app: { id, name, publishedIn },
      },
      execution('of-pod', { holderRef: { kind: 'Pod', name: 'worker', uid: pod.uid } }),
      execution('of-lease', { leaseDurationSeconds: 60 }),
      this.#job('report'),
      {
        apiVersion: API_VERSION,
        kind: 'QlikConnectionTest',
        metadata: { name: 'before-saving', namespace },
        spec: { serverRef: { name: 'qlik' }, ttlSecondsAfterFinished: 1 },
      },
    );
  }

  async seeThatAllAreServed(): Promise<void> {
    await this.#world.see('a binding', ({ status }) => status?.binding !== undefined);
    await this.#world.seeCondition('AppsSynced', 'True', 'AppsSynced');
    await this.#seeExecutions('3/4');
  }

  /** Credentials are rotated, and not bound any more. An app goes, then the Job, then the server, and with the last of its executions the ledger. */
  async leave(namespaceOfOperator: string): Promise<void> {
    const { site, lab } = this.#world;
    const { status: before } = await this.#world.read();
    await this.#world.replaceSecret({ pfx: await site.exportClient() });
    await this.#world.see(
      'another certificate',
      ({ status }) => status?.certificate?.fingerprint !== before?.certificate?.fingerprint,
    );
    await this.#world.edit({ binding: null });
    await this.#world.see('no binding', ({ status }) => status?.binding === undefined);
    site.removeApp(String(site.publishedApps[0]?.id));
    await this.#world.requestSync('now');
    await this.#world.see('one app is removed', ({ status }) => status?.appSync?.removed === 1);
    await lab.controlPlane.kubectl(['delete', 'job', 'report', `--namespace=${this.#elsewhere}`]);
    await this.#seeExecutions('2/4');
    await this.#world.remove();
    await this.#world.kubectl('delete', 'qlikexecutions', '--all');
    const ledgers = () => lab.api.get<{ items: readonly unknown[] }>(PATHS.ledgers(namespaceOfOperator));
    await until('the ledger is gone', async () => (await ledgers()).items.length === 0, PATIENCE);
  }

  #seeExecutions(summary: string): Promise<void> {
    return until(
      `${summary} executions`,
      async () => (await this.#world.read()).status?.executions?.summary === summary,
      PATIENCE,
    );
  }

  #job(name: string): object {
    const labels = {
      'kpimailer.io/qlik-server': 'qlik',
      'kpimailer.io/qlik-server-namespace': this.#world.namespace,
    };
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: this.#elsewhere, labels },
      spec: { suspend: true, template: { spec: POD_SPEC } },
    };
  }
}
