import { NotSimulated } from './failures.ts';
import type { ApiObject } from './object.ts';

/** What `labelSelector` asks for: labels with these values, all of them. */
export function labelSelector(text: string): (object: ApiObject) => boolean {
  const wanted = text === '' ? [] : text.split(',').map(requirement);
  return ({ metadata }) => wanted.every(([label, value]) => metadata.labels?.[label] === value);
}

function requirement(text: string): readonly [label: string, value: string] {
  const [, label, value] = /^([\w./-]+)=([\w.-]*)$/u.exec(text) ?? [];
  if (label === undefined || value === undefined) throw new NotSimulated(`the label selector "${text}"`);
  return [label, value];
}
