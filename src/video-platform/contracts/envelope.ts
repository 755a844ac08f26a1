import { z } from 'zod';
import { instant } from './identifier.ts';

/** What surrounds the data of every message on the wire. */
export const envelope = z.object({
  /** Unique over all services; starts with the publisher's name and a colon. Also the `Nats-Msg-Id`. */
  id: z.string().min(1).max(200),
  /** Subject pattern of the message's declaration. */
  type: z.string().min(1),
  /** When it happened. */
  time: instant,
  /** Name of the service that published it. */
  source: z.string().min(1),
  /** Id of the aggregate that it is about. */
  subject: z.string().min(1),
  /** Version of the shape of `data`. */
  version: z.int().min(1),
  /** W3C trace context of the request or message that caused it. */
  traceparent: z.string().optional(),
  /** Payload, checked against the message's own schema. */
  data: z.unknown(),
});

/** What surrounds the data of every message on the wire. */
export type Envelope<Data = unknown> = Omit<z.infer<typeof envelope>, 'data'> & { readonly data: Data };
