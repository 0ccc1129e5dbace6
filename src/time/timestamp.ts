/** RFC 3339 in whole seconds, as Kubernetes writes times. `ms`: since the epoch. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
