/** DER as tests put it together and take it apart. */
export interface Der {
  readonly tag: number;
  readonly value: Buffer;
}

/** The elements one after the other in a buffer. */
export function elements(buffer: Buffer): Der[] {
  const found: Der[] = [];
  for (let at = 0; at < buffer.length;) {
    const first = buffer[at + 1] ?? 0;
    const bytes = first < 0x80 ? 0 : first & 0x7f;
    const length = bytes === 0 ? first : buffer.readUIntBE(at + 2, bytes);
    const start = at + 2 + bytes;
    found.push({ tag: buffer[at] ?? 0, value: buffer.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

export function encoded(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([Buffer.from([tag, 0x84]), length, value]);
}

/** A PKCS#12 file without its MAC: what is changed inside of it is then not noticed before it is read. */
export function withoutMac(file: Buffer): Buffer {
  const [version, contents] = elements(elements(file)[0]!.value);
  return encoded(0x30, encoded(version!.tag, version!.value), encoded(contents!.tag, contents!.value));
}

/** A PKCS#12 file of RC2 with 40 bits becomes one of RC2 with 128, which nothing here reads. */
export function withRc2Of128Bits(file: Buffer): Buffer {
  const identifier = Buffer.from('060a2a864886f70d010c0106', 'hex');
  const at = file.indexOf(identifier);
  if (at < 0) throw new Error('the file is not encrypted with RC2 of 40 bits');
  const changed = Buffer.from(file);
  changed[at + identifier.length - 1] = 0x05;
  return withoutMac(changed);
}
