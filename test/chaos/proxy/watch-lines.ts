const NEWLINE = 0x0a;

/** Cuts the bytes of a watch into whole lines, each with its end: what is passed on never stops inside one. */
export class WatchLines {
  #rest: Buffer = Buffer.alloc(0);

  /** The lines that are complete now. */
  take(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let bytes = Buffer.concat([this.#rest, chunk]);
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      lines.push(bytes.subarray(0, end + 1));
      bytes = bytes.subarray(end + 1);
    }
    this.#rest = bytes;
    return lines;
  }
}
