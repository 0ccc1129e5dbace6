/** Nesting and elements that are looked at. */
const DEEPEST = 24;
const MOST_ELEMENTS = 4_000;

const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const CONSTRUCTED = 0x20;

/** One element of DER: its tag and where its contents are. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/**
 * How often the key derivations of a PKCS#12 file say that they hash, all together: the one of the MAC, and those of
 * the parts that are not themselves encrypted. Known without deriving a key, which is what costs. Looks at a bounded
 * number of elements, and passes over what it cannot read: the parser that comes next has limits of its own.
 */
export function statedIterations(file: Buffer): number {
  const walk = { file, left: MOST_ELEMENTS, iterations: 0 };
  look(walk, { tag: CONSTRUCTED, start: 0, end: file.length }, 0);
  return walk.iterations;
}

interface Walk {
  readonly file: Buffer;
  left: number;
  iterations: number;
}

function look(walk: Walk, parent: Element, depth: number): void {
  if (depth > DEEPEST) return;
  let salt = false;
  for (const element of elementsOf(walk, parent)) {
    // Salt, then count: so say PBE, PBKDF2 and the MAC alike.
    if (salt && element.tag === INTEGER) walk.iterations += integerAt(walk.file, element);
    salt = element.tag === OCTET_STRING;
    if ((element.tag & CONSTRUCTED) !== 0 || salt) look(walk, element, depth + 1);
  }
}

/** The elements inside another one, up to the first that is not one. */
function* elementsOf(walk: Walk, { start, end }: Element): Generator<Element> {
  let at = start;
  while (at + 2 <= end && walk.left > 0) {
    walk.left -= 1;
    const element = elementAt(walk.file, at, end);
    if (element === undefined) return;
    yield element;
    at = element.end;
  }
}

function elementAt(file: Buffer, at: number, end: number): Element | undefined {
  const tag = file[at] ?? 0;
  const first = file[at + 1] ?? 0;
  // Of indefinite length: it reaches to the end of what holds it, as far as counting goes.
  if (first === 0x80) return { tag, start: at + 2, end };
  const bytes = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + bytes;
  if (bytes > 4 || start > end) return undefined;
  const length = bytes === 0 ? first : file.readUIntBE(at + 2, bytes);
  return start + length > end ? undefined : { tag, start, end: start + length };
}

function integerAt(file: Buffer, { start, end }: Element): number {
  const length = end - start;
  if (length === 0) return 0;
  return length > 6 ? Number.POSITIVE_INFINITY : file.readUIntBE(start, length);
}
