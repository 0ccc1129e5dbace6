import type { Reply } from '../http/message.ts';
import { type RequestTally, Responder, type ResponderParts } from '../http/responder.ts';
import { concerns, type Faults, type ListenerName } from './faults.ts';
import { atGateway } from './gateway.ts';
import { text } from './message.ts';

/** What the responder of a listener is made of. */
export interface ListenerResponderParts extends Pick<ResponderParts, 'answer'> {
  readonly listener: ListenerName;
  readonly faults: () => Faults;
  readonly tally: RequestTally;
}

/** Makes a responder that stands behind the gateway, and is slow or silent where a fault says so. */
export function makeResponder({ listener, answer, faults, tally }: ListenerResponderParts): Responder {
  return new Responder({
    answer: (call) => atGateway(call, listener, faults()) ?? answer(call),
    failed,
    tally,
    wire: () => {
      const { hang, slow } = faults();
      return { hang: concerns(hang, listener), slow };
    },
  });
}

function failed(error: unknown): Reply {
  return error instanceof URIError ? text(400, 'Bad Request') : text(500, String((error as Error).stack));
}
