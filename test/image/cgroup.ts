import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** What all processes of a container take together: memory in bytes, CPU in milliseconds since its start. */
export interface Usage {
  /** What no file stands behind: heaps, stacks, buffers. The kernel cannot take it back. */
  readonly anonymous: number;
  readonly cpu: number;
}

/** The accounts that the kernel keeps of a container, in version 1 or 2 of cgroups. */
export class Cgroup {
  readonly #memory: string;
  readonly #cpu: string;
  readonly #isSecond: boolean;

  /** That of a process. */
  constructor(pid: number) {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
    const found = lines.map((line) => /^\d+:([^:]*):(.*)$/u.exec(line) ?? []);
    const pathOf = (controller: string) =>
      found.find(([, controllers = '']) => controllers.split(',').includes(controller))?.[2] ?? '';
    this.#isSecond = !existsSync(join(ROOT, 'memory'));
    this.#memory = this.#isSecond ? join(ROOT, pathOf('')) : join(ROOT, 'memory', pathOf('memory'));
    this.#cpu = this.#isSecond ? this.#memory : join(ROOT, 'cpuacct', pathOf('cpuacct'));
  }

  usage(): Usage {
    const stat = this.#numbers(this.#memory, 'memory.stat');
    return this.#isSecond
      ? {
          anonymous: stat('anon'),
          cpu: this.#numbers(this.#cpu, 'cpu.stat')('usage_usec') / 1e3,
        }
      : {
          anonymous: stat('total_rss'),
          cpu: this.#number(this.#cpu, 'cpuacct.usage') / 1e6,
        };
  }

  #number(folder: string, file: string): number {
    return Number(readFileSync(join(folder, file), 'utf8'));
  }

  #numbers(folder: string, file: string): (name: string) => number {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    const all = new Map(lines.map((line) => line.split(' ') as [string, string]));
    return (name) => {
      const value = all.get(name);
      if (value === undefined) throw new Error(`${join(folder, file)} does not tell ${name}`);
      return Number(value);
    };
  }
}
