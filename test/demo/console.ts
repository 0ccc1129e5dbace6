const started = performance.now();

/** A line of progress with the time since the start. */
export function say(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  process.stdout.write(`[${seconds} s] ${text}\n`);
}

/** Shows a command as a user would type it, and what it printed. */
export function show(command: string, output: string): void {
  const indented = output
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`);
  process.stdout.write(`\n    $ ${command}\n${indented.join('\n')}\n\n`);
}

/** A word as it is typed into a shell, which has its own ideas about braces and backslashes. */
export function typed(word: string): string {
  return word.replace(/\{.*\}|(?<==).*\\.*/u, "'$&'");
}
