/** How a kept process ended: with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What the keeper has to spawn. Everything is spelt out, so that nothing depends on the keeper's own state. */
export interface SpawnOrder {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
}

/** How to end a process: ask with `signal`, and kill what is still there after `graceMs`. */
export interface EndOrder {
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

/** One line on the keeper's stdin. The end of stdin means that the parent is gone. */
export type KeeperRequest =
  | { readonly do: 'spawn'; readonly id: number; readonly order: SpawnOrder }
  | { readonly do: 'end'; readonly id: number; readonly pid: number; readonly order: EndOrder }
  | { readonly do: 'end-all'; readonly order: EndOrder };

/** One line on the keeper's stdout. `folder` is said once, before anything else. */
export type KeeperMessage =
  | { readonly say: 'folder'; readonly folder: string }
  | { readonly say: 'done'; readonly id: number; readonly pid?: number }
  | { readonly say: 'failed'; readonly id: number; readonly reason: string }
  | { readonly say: 'exited'; readonly pid: number; readonly exit: Exit };
