import { spreadOf } from './spread.ts';
import type { Load } from './window.ts';

/** Above this, other work on the machine is part of the figures. */
const NOISY = 0.1;
/** Above this, programs wait for the other core, and time says nothing about them. */
const BOTTLENECK = 0.9;

/** How far the figures can be trusted. */
export function noiseText(loads: readonly Load[]): string {
  const foreign = spreadOf(loads.map((load) => load.foreign));
  const rest = spreadOf(loads.map((load) => load.rest));
  if (foreign === undefined || rest === undefined) return 'Nothing was measured';
  const lines = [
    `Measured core: ${percent(foreign.median)} used by others, at most ${percent(foreign.max)}; other core: ${percent(rest.median)} busy, at most ${percent(rest.max)}`,
  ];
  if (foreign.max > NOISY)
    lines.push('NOISY: something else ran on the measured core; measure again without it');
  if (rest.max > BOTTLENECK) lines.push('The other core was the bottleneck at times: compare CPU, not time');
  return lines.join('\n');
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}
