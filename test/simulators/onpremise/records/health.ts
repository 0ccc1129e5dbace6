import type { Faults } from '../faults.ts';

/** What an engine says of itself. */
export function engineHealth({ engineSaturated }: Faults): object {
  return {
    version: '12.2155.0',
    started: '20251010T080000.000+0000',
    mem: { committed: 1024.5, allocated: 2048.25, free: 12_288.75 },
    cpu: { total: engineSaturated ? 99 : 4 },
    session: { active: 0, total: 2 },
    apps: { active_docs: [], loaded_docs: [], in_memory_docs: [], calls: 100, selections: 2 },
    users: { active: 0, total: 1 },
    cache: { hits: 10, lookups: 20, added: 10, replaced: 0, bytes_added: 4096 },
    saturated: engineSaturated,
  };
}
