const PERCENTAGE = /--max-old-space-size-percentage=(\d+)/u;
const MEBIBYTES = /^(\d+)Mi$/u;

/**
 * Node's options as they act in a pod with that limit of memory. Outside of one the same percentage is of the whole
 * machine, and the more a heap may grow, the longer Node leaves dead objects in it: 94 instead of 31 MiB for a catalogue.
 */
export function podHeap(options: string, limit: string): string {
  const [, percentage] = PERCENTAGE.exec(options) ?? [];
  const [, mebibytes] = MEBIBYTES.exec(limit) ?? [];
  if (percentage === undefined || mebibytes === undefined)
    throw new Error(
      `"${options}" and the limit "${limit}" do not say how large the heap of a pod may become`,
    );
  const size = Math.floor((Number(mebibytes) * Number(percentage)) / 100);
  return options.replace(PERCENTAGE, `--max-old-space-size=${size}`);
}
