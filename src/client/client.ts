import type { Api, OperationOf, ResponseOf, RouteOf } from '#http';
import type { Face } from './face.ts';
import { createTransport, type Answer, type CallArguments, type ClientOptions } from './transport.ts';

/** Calls the operations of one service; what goes in and what comes out is typed by its contract. */
export interface Client<A extends Api> {
  /** Calls an operation and returns its response. Throws `Refusal`, `Unreachable`, or the reason of an aborted `signal`. */
  call<Id extends OperationOf<A>>(id: Id, ...args: CallArguments<A, Id>): Promise<ResponseOf<RouteOf<A, Id>>>;
  /** As `call`, with the `ETag` and the request id. */
  callForAnswer<Id extends OperationOf<A>>(
    id: Id,
    ...args: CallArguments<A, Id>
  ): Promise<Answer<ResponseOf<RouteOf<A, Id>>>>;
}

/**
 * A client of a service, from its contract or from the face of it. Responses are trusted: the service has validated them.
 *
 * @example
 * const orders = createClient(ordersApi, { origin: 'https://shop.example' });
 * const { id } = await orders.call('placeOrder', { body: { email: 'ada@example.net', cents: 1250 } });
 */
export function createClient<A extends Api>(api: A | Face<A>, options: ClientOptions = {}): Client<A> {
  const transport = createTransport(options);
  const face = api as Face<A>;
  return {
    call: async (id, ...args) => (await transport.callForAnswer(face, id, ...args)).data,
    callForAnswer: async (id, ...args) => await transport.callForAnswer(face, id, ...args),
  };
}
