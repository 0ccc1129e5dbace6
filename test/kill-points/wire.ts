import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import type { ApiClient } from '../../src/kubernetes/term.ts';
import type { SimulatedApiServer } from '../simulated-api/api-server.ts';
import { Agenda } from './agenda.ts';
import { isDelicate } from './protocol-step.ts';
import type { Weather } from './weather.ts';

/** As the client of the operator does. */
const TIMEOUT = 30_000;

/** Before a request takes effect, or after that and before its answer is seen. */
export type Moment = 'before' | 'after';

/** Whether a request took effect is not known. */
export class NoAnswer extends Error {
  /** Whose request it was. */
  readonly wire: Wire;

  constructor({ method, path }: ApiRequest, wire: Wire) {
    super(`no answer to ${method} ${path}`);
    this.name = 'NoAnswer';
    this.wire = wire;
  }
}

export interface WireOptions {
  readonly server: SimulatedApiServer;
  readonly now: () => number;
  readonly weather: Weather;
  /** Whether its process is killed at this moment. */
  readonly isKilledAt: (moment: Moment, request: ApiRequest) => boolean;
  /** Told of what took effect. */
  readonly onApplied: (request: ApiRequest, answer: unknown) => void;
}

/**
 * The requests of one process on their way, and the answers on theirs. They overtake each other; some are lost, some arrive
 * when their sender has given up or is dead. To a dead process nothing is answered, so that no code of it runs any more.
 */
export class Wire implements ApiClient {
  readonly outbound = new Agenda();
  readonly inbound = new Agenda();
  readonly #options: WireOptions;
  #isCut = false;

  constructor(options: WireOptions) {
    this.#options = options;
  }

  request<T>(request: ApiRequest): Promise<T> {
    const { now, weather } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#isCut) return promise;
    const cancel = this.inbound.add(now() + TIMEOUT, () => reject(new NoAnswer(request, this)));
    const reply = (settle: () => void) =>
      this.inbound.add(now() + weather.delay(isDelicate(request)), () => {
        cancel();
        settle();
      });
    const arrive = () => this.#arrive(request, { resolve, reject, reply });
    if (!weather.losesRequest()) this.outbound.add(now() + weather.delay(isDelicate(request)), arrive);
    return promise;
  }

  /** Its process is dead. What it has sent may arrive all the same. */
  cut(): void {
    this.#isCut = true;
    this.inbound.thin(() => false);
    this.outbound.thin(() => this.#options.weather.outlives());
  }

  #arrive<T>(request: ApiRequest, sender: Sender<T>): void {
    const { isKilledAt, now, weather } = this.#options;
    if (!this.#isCut && isKilledAt('before', request)) {
      if (weather.outlives()) this.outbound.add(now() + weather.lateness(), () => this.#apply(request));
      return;
    }
    const answer = this.#apply(request);
    if (this.#isCut || isKilledAt('after', request)) return;
    if (weather.losesAnswer()) sender.reply(() => sender.reject(new NoAnswer(request, this)));
    else if ('error' in answer) sender.reply(() => sender.reject(answer.error));
    else sender.reply(() => sender.resolve(answer.value as T));
  }

  #apply(request: ApiRequest): { readonly value: unknown } | { readonly error: unknown } {
    const { server, onApplied } = this.#options;
    try {
      const value = server.handle(request);
      onApplied(request, value);
      return { value };
    } catch (error) {
      return { error };
    }
  }
}

interface Sender<T> {
  readonly resolve: (answer: T) => void;
  readonly reject: (error: unknown) => void;
  /** Does it when the answer arrives. */
  readonly reply: (settle: () => void) => void;
}
