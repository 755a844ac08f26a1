/** Messages of streams, read and deleted by their place. */
import type { MsgRequest, NatsConnection } from 'nats';
import { nanosecondsOf } from './message-place.ts';
import type { NatsLink } from './nats-link.ts';

const NO_MESSAGE = 10037;
const NO_SUCH_SEQUENCE = 10043;
const NO_STREAM = 10059;
const ABSENT: readonly number[] = [NO_MESSAGE, NO_SUCH_SEQUENCE, NO_STREAM];

/** What a connection does with stored messages. */
export function storedMessages(connection: NatsConnection): Pick<NatsLink, 'messageAt' | 'deleteMessage'> {
  const streams = async () => (await connection.jetstreamManager({ checkAPI: false })).streams;
  return {
    async messageAt({ stream, sequence, subject }) {
      // the server knows `next_by_subj` from 2.8 on, the client's types do not
      const question = { seq: sequence, ...(subject === undefined ? {} : { next_by_subj: subject }) } as MsgRequest;
      const found = await absentAsUndefined((await streams()).getMessage(stream, question));
      if (found === undefined) return undefined;
      const { subject: on, seq, data, time, timestamp } = found;
      return { subject: on, sequence: seq, data, time, nanoseconds: nanosecondsOf(timestamp) };
    },
    async deleteMessage({ stream, sequence }) {
      await absentAsUndefined((await streams()).deleteMessage(stream, sequence));
    },
  };
}

async function absentAsUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (ABSENT.includes(errorCode(error))) return undefined;
    throw error;
  }
}

function errorCode(error: unknown): number {
  const reply = (error as { readonly api_error?: { readonly err_code?: number } }).api_error;
  return reply?.err_code ?? 0;
}
