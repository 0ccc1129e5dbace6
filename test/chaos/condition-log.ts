import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Condition } from '../../src/api/conditions.ts';
import type { KeptProcess } from '../controlplane/processes.ts';
import type { ControlPlane } from '../controlplane/start.ts';

const LINE = '{.metadata.namespace}/{.metadata.name}{" "}{.status.conditions}{"\\n"}';

/** One version of the conditions of a server, as a watch has brought it. */
interface Version {
  readonly server: string;
  readonly conditions: readonly Condition[];
}

/** Every version of every QlikServer from its start on, as kubectl sees them: no transition in between is missed. */
export class ConditionLog {
  readonly #watch: KeptProcess;

  private constructor(watch: KeptProcess) {
    this.#watch = watch;
  }

  static async start({ keeper, kubeconfig }: ControlPlane, binaries: string): Promise<ConditionLog> {
    const what = ['get', 'qlikservers', '--all-namespaces', '--watch', `--output=jsonpath=${LINE}`];
    return new ConditionLog(
      await keeper.start({
        name: 'condition-log',
        command: join(binaries, 'kubectl'),
        args: [`--kubeconfig=${kubeconfig}`, ...what],
      }),
    );
  }

  get versions(): readonly Version[] {
    if (this.#watch.exit !== undefined) throw new Error('The watch of the conditions has ended');
    return readFileSync(this.#watch.log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const gap = line.indexOf(' ');
        return {
          server: line.slice(0, gap),
          conditions: JSON.parse(line.slice(gap + 1)) as Condition[],
        };
      });
  }

  /** What differs from version to version of a server in status or time of transition, of conditions of these types. */
  transitions(types: ReadonlySet<string>): readonly string[] {
    return this.#differences(
      ({ type, status, lastTransitionTime }) => `${type}=${status} ${lastTransitionTime}`,
      ({ type }) => types.has(type),
    );
  }

  /** What differs in anything at all. */
  get changes(): readonly string[] {
    return this.#differences((condition) => JSON.stringify(condition));
  }

  #differences(
    tell: (condition: Condition) => string,
    isMeant: (condition: Condition) => boolean = () => true,
  ): readonly string[] {
    const last = new Map<string, readonly string[]>();
    return this.versions.flatMap(({ server, conditions }) => {
      const now = conditions.filter(isMeant).map(tell);
      const before = last.get(server) ?? now;
      last.set(server, now);
      return [
        ...before.filter((told) => !now.includes(told)).map((told) => `${server} - ${told}`),
        ...now.filter((told) => !before.includes(told)).map((told) => `${server} + ${told}`),
      ];
    });
  }
}
