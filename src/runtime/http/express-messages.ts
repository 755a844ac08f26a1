/**
 * Requests and responses that are born as Express's own. Express gives each message of Node the prototype of its app by
 * `Object.setPrototypeOf`, which makes V8 forget all it has learnt of both: most of the time of a small request. Node can
 * make them of classes that are given, and a prototype that is there already is not set again.
 *
 * It relies on Express taking `app.request` and `app.response` for those prototypes, which is how apps extend them too; an
 * Express that did otherwise would be slower and still right.
 */
import type { Express } from 'express';
import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';

/** Classes for `createServer` whose messages an app need not change any more; the app is changed to know them. */
export function messagesOf(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse extends ServerResponse {}
  Object.setPrototypeOf(ExpressRequest.prototype, app.request);
  Object.setPrototypeOf(ExpressResponse.prototype, app.response);
  app.request = ExpressRequest.prototype as unknown as Express['request'];
  app.response = ExpressResponse.prototype as unknown as Express['response'];
  return { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse as typeof ServerResponse };
}
