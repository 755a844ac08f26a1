/** Messages of streams read and deleted by their place, as the declaration of queue allows. */
import type { MsgRequest, StoredMsg } from 'nats';
import type { Service } from '../service.ts';

const NO_MESSAGE = 10037;
const NO_SUCH_SEQUENCE = 10043;
const NO_STREAM = 10059;
const ABSENT: readonly number[] = [NO_MESSAGE, NO_SUCH_SEQUENCE, NO_STREAM];

/** Place of a message. */
export interface MessagePlace {
  readonly stream: string;
  readonly sequence: number;
}

/** The message at a place; undefined when it or its stream is gone. */
export async function messageAt(service: Service, place: MessagePlace): Promise<StoredMsg | undefined> {
  return await read(service, place.stream, { seq: place.sequence });
}

/** The first message on a subject at a place or after it. */
export async function nextMessage(
  service: Service,
  place: MessagePlace & { readonly subject: string },
): Promise<StoredMsg | undefined> {
  // the server knows this question from 2.8 on, the client's types do not
  const question = { seq: place.sequence, next_by_subj: place.subject } as MsgRequest;
  return await read(service, place.stream, question);
}

/** Deletes the message at a place; that it is gone already is fine. */
export async function deleteMessage(service: Service, { stream, sequence }: MessagePlace): Promise<void> {
  const manager = await service.nats.connection.jetstreamManager({ checkAPI: false });
  await absentAsUndefined(manager.streams.deleteMessage(stream, sequence));
}

async function read(service: Service, stream: string, question: MsgRequest): Promise<StoredMsg | undefined> {
  const manager = await service.nats.connection.jetstreamManager({ checkAPI: false });
  return await absentAsUndefined(manager.streams.getMessage(stream, question));
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
