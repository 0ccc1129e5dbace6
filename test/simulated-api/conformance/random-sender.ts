import { mergePatch } from '../merge-patch.ts';
import type { ApiObject, Fields } from '../object.ts';
import type { Command, Memory, RandomRequests } from './random-requests.ts';
import type { Recording } from './recording.ts';
import { type Sample, SAMPLES } from './samples.ts';

const OTHER_UID = '11111111-1111-4111-8111-111111111111';

/** Sends them, each made of what was answered before. */
export async function sendAll(api: Recording, { plural, commands }: RandomRequests): Promise<void> {
  const sample = SAMPLES.find(({ resource }) => resource.plural === plural)!;
  const known = new Map<string, ApiObject[]>();
  for (const command of commands) {
    const name = command.do === 'list' ? '' : command.name;
    const answers = known.get(name) ?? [];
    const answer = await send(api, sample, { command, answers });
    if (answer.kind === sample.resource.kind) known.set(name, [...answers, answer]);
  }
}

async function send(
  api: Recording,
  { resource, body }: Sample,
  { command, answers }: { readonly command: Command; readonly answers: readonly ApiObject[] },
): Promise<ApiObject> {
  switch (command.do) {
    case 'create':
      return api.create(resource, { ...body, metadata: { name: command.name } });
    case 'get':
      return api.get(resource, command.name);
    case 'bind':
      return api.bind(resource, command.name);
    case 'list':
      return api.list(resource, command.query);
    case 'delete': {
      const uid = recall(answers, 'uid', command.uid);
      const preconditions = uid === undefined ? {} : { preconditions: { uid } };
      return api.delete(resource, command.name, { ...command.options, ...preconditions });
    }
    case 'patch':
      return api.patch(
        resource,
        command.name,
        withVersions(command.changes, command, answers),
        command.subresource,
      );
    case 'put': {
      const last = answers.at(-1) ?? { ...body, metadata: { name: command.name } };
      const draft = mergePatch(last, withVersions(command.changes, command, answers));
      return api.put(resource, command.name, draft, command.subresource);
    }
  }
}

/**
 * A write with a version also says how many answers it knows, so that it never changes nothing: of such a one the real API
 * server now and then overlooks that the version is old.
 */
function withVersions(
  changes: Fields,
  { version, uid }: { readonly version: Memory; readonly uid: Memory },
  answers: readonly ApiObject[],
): Fields {
  const resourceVersion = recall(answers, 'resourceVersion', version);
  const known = {
    uid: recall(answers, 'uid', uid),
    resourceVersion,
    annotations: resourceVersion === undefined ? undefined : { answers: String(answers.length) },
  };
  const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  return { ...changes, metadata: { ...(changes['metadata'] as Fields | undefined), ...given } };
}

function recall(
  answers: readonly ApiObject[],
  field: 'uid' | 'resourceVersion',
  which: Memory,
): string | undefined {
  if (which === 'none') return undefined;
  if (which === 'wrong') return field === 'uid' ? OTHER_UID : '1';
  return answers.at(which === 'first' ? 0 : -1)?.metadata[field];
}
