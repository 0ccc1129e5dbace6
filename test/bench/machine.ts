import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Api } from '../integration/server/api.ts';
import { peerProgram } from './programs.ts';

const GIB = 1024 ** 3;

/** Where and with what was measured: figures mean nothing without it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly node: string;
  readonly go: string;
  readonly kubernetes: string;
  readonly revision: string;
  readonly date: string;
}

/** To be called before this process moves to one core. */
export async function describeMachine(): Promise<Omit<Machine, 'kubernetes'>> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: availableParallelism(),
    memory: `${(totalmem() / GIB).toFixed(0)} GiB`,
    node: process.version,
    go:
      printed('go', 'version', await peerProgram())
        .split(' ')
        .at(-1) ?? 'unknown',
    revision: printed('git', '-C', import.meta.dirname, 'describe', '--always', '--dirty'),
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
  };
}

export async function kubernetesVersion(api: Api): Promise<string> {
  const { gitVersion } = await api.get<{ readonly gitVersion: string }>('/version');
  return gitVersion;
}

export function machineText(machine: Machine): string {
  const { cpu, cores, memory, node, go, kubernetes, revision, date } = machine;
  return `${cores} × ${cpu}, ${memory}; Node ${node}, ${go}, Kubernetes ${kubernetes}; ${revision}; ${date} UTC`;
}

function printed(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8' }).trim();
}
