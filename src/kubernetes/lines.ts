/** Many times what etcd can hold in one object: a line that is longer never ends. */
const LONGEST = 64 * 1024 * 1024;

/** The lines of a byte stream; the last one counts only when it is complete. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST) throw new Error(`a line is longer than ${LONGEST} characters`);
    yield* lines.filter((line) => line !== '');
  }
}
