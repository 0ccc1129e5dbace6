import type { Reply } from '../http/message.ts';
import { type RequestTally, Responder, type ResponderParts, type Wire } from '../http/responder.ts';
import { areaOf } from './area.ts';
import type { Faults } from './faults.ts';
import { refusal } from './message.ts';

/** What the responder of a tenant is made of. */
export interface TenantResponderParts extends Pick<ResponderParts, 'answer'> {
  readonly faults: () => Faults;
  readonly tally: RequestTally;
}

/** Makes a responder that is slow, silent or cut short where a fault says so. */
export function makeResponder({ answer, faults, tally }: TenantResponderParts): Responder {
  return new Responder({ answer, failed, tally, wire: (path) => wireOf(path, faults()) });
}

/** The faults of the wire, unless they are confined to another area. */
function wireOf(path: string, { only, hang, slow, slowBody, truncatedJson }: Faults): Wire {
  const elsewhere = only !== false && only !== areaOf(path);
  if (elsewhere) return { hang: false, slow: 0 };
  return { hang, slow, slowBody, spoil: (reply) => spoilt(reply, truncatedJson) };
}

function failed(error: unknown): Reply {
  const malformed = error instanceof URIError || (error as NodeJS.ErrnoException).code === 'ERR_INVALID_URL';
  return malformed ? refusal(400, 'Bad request') : refusal(500, String((error as Error).stack));
}

function spoilt(reply: Reply, truncatedJson: Faults['truncatedJson']): Reply {
  if (truncatedJson === false || reply.headers['content-type'] !== 'application/json') return reply;
  return truncatedJson === 'reset'
    ? { ...reply, reset: 'inside' }
    : { ...reply, body: reply.body.slice(0, reply.body.length / 2) };
}
