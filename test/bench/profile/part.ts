import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import type { Frame } from './cpu-profile.ts';

/** Says to which part of the program a frame belongs: a module of Node, a package, or a room of `src`. */
export class Parts {
  readonly #maps = new Map<string, SourceMap>();

  /** `undefined` for native code and WebAssembly: they are the business of whoever calls them. */
  readonly of = ({ functionName, url, lineNumber, columnNumber }: Frame): string | undefined => {
    if (/^\((?:garbage collector|program)\)$/u.test(functionName)) return functionName;
    if (url.startsWith('node:')) return nodeModule(url);
    if (!url.startsWith('file:')) return undefined;
    const { originalSource } = this.#mapOf(url).findEntry(lineNumber, columnNumber) as {
      originalSource?: string;
    };
    return originalSource === undefined ? 'the bundle itself' : sourcePart(originalSource);
  };

  #mapOf(url: string): SourceMap {
    const known = this.#maps.get(url);
    if (known !== undefined) return known;
    const map = new SourceMap(JSON.parse(readFileSync(new URL(`${url}.map`), 'utf8')) as SourceMapPayload);
    this.#maps.set(url, map);
    return map;
  }
}

/** `node:internal/tls/wrap` and `node:tls` are both `node:tls`. */
export function nodeModule(url: string): string {
  return `node:${url.replace(/^node:(?:internal\/)?_?/u, '').split('/')[0]}`;
}

/** Reads the path of a source as the bundle's map has it. */
export function sourcePart(path: string): string {
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(path) ?? [];
  if (name !== undefined) return name;
  const [, room] = /(?:^|\/)src\/([^/]+)/u.exec(path) ?? [];
  return room === undefined ? path : `src/${room}`;
}
