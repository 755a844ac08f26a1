/**
 * How full streams are, and room in those that refuse new messages: what every durable has acknowledged is purged once the
 * stream is half full, so that only unread messages can fill it. A stream with consumers that no service declares is not purged.
 */
import { durableName, needsPurge, requireStreamOf, type Stream, type Topology } from '#messaging';
import type { ConsumerInfo, JetStreamManager } from 'nats';
import { Gauge, type Registry } from 'prom-client';
import { textOf } from '../dependency.ts';
import type { Logger } from '../log.ts';

/** A stream with a size limit, and how much of it is used. */
export interface StreamFill {
  readonly stream: string;
  readonly bytes: number;
  readonly maxBytes: number;
}

const PURGE_ABOVE = 0.5;
/** Above this, each look reports it. */
const NEARLY_FULL = 0.8;

/** Reports how full streams are. */
export interface FillReport {
  report(fills: readonly StreamFill[]): void;
}

/** Reports in `/metrics`, and in the log what is nearly full. */
export function fillReport(registry: Registry, log: Logger): FillReport {
  const gauge = (name: string, help: string): Gauge<'stream'> =>
    new Gauge({ name, help, labelNames: ['stream'], registers: [registry] });
  const used = gauge('nats_stream_bytes', 'Bytes that a stream stores');
  const limit = gauge('nats_stream_max_bytes', 'Bytes that a stream may store');
  return {
    report(fills) {
      for (const { stream, bytes, maxBytes } of fills) {
        used.set({ stream }, bytes);
        limit.set({ stream }, maxBytes);
        if (bytes < maxBytes * NEARLY_FULL) continue;
        const percent = Math.floor((bytes * 100) / maxBytes);
        log.warn({ stream, bytes, maxBytes, percent }, 'a stream is nearly full: look for a consumer that is behind');
      }
    },
  };
}

/**
 * Makes room in the streams of a topology: purges what may go, then returns how full each stream with a size limit is. One that
 * cannot be read is logged and left out.
 */
export function roomMaker(topology: Topology, log: Logger): (manager: JetStreamManager) => Promise<StreamFill[]> {
  const toldOf = new Set<string>();

  /** A consumer that no service declares may have unread messages, which must not go either. */
  function hasOthers({ name }: Stream, consumers: number, declared: number): boolean {
    if (consumers <= declared) {
      toldOf.delete(name);
      return false;
    }
    if (!toldOf.has(name)) {
      log.warn(
        { stream: name, consumers, declared },
        'a stream is not purged because it has consumers that no service declares: delete or declare them',
      );
    }
    toldOf.add(name);
    return true;
  }

  async function fillOf(manager: JetStreamManager, stream: Stream): Promise<StreamFill> {
    const { name, maxBytes } = stream;
    const { state } = await manager.streams.info(name);
    const durables = readersOf(stream, topology);
    const isAboveHalf = needsPurge(stream) && state.bytes > maxBytes * PURGE_ABOVE;
    // without a durable nobody can tell what is read
    const purges = isAboveHalf && durables.length > 0 && !hasOthers(stream, state.consumer_count, durables.length);
    if (!purges) return { stream: name, bytes: state.bytes, maxBytes };
    const read = await readByAll(manager, name, durables, state.last_seq);
    if (read >= state.first_seq) await manager.streams.purge(name, { seq: read + 1 });
    const { bytes } = (await manager.streams.info(name)).state;
    return { stream: name, bytes, maxBytes };
  }

  return async (manager) => {
    const fills: StreamFill[] = [];
    for (const stream of topology.streams.filter(({ maxBytes }) => maxBytes > 0)) {
      try {
        fills.push(await fillOf(manager, stream));
      } catch (error) {
        log.warn({ stream: stream.name, reason: textOf(error) }, 'stream usage could not be read, retrying later');
      }
    }
    return fills;
  };
}

/** Names of the declared durables of a stream. */
function readersOf(stream: Stream, topology: Topology): string[] {
  return topology.services.flatMap(({ name, consumes }) =>
    consumes
      .filter(({ message }) => requireStreamOf(message, topology).name === stream.name)
      .map((consumer) => durableName(name, consumer)),
  );
}

/** The sequence up to which every durable of a stream has acknowledged what it reads; `last` is the stream's, taken before. */
async function readByAll(
  manager: JetStreamManager,
  stream: string,
  durables: readonly string[],
  last: number,
): Promise<number> {
  let read = last;
  for (const durable of durables) read = Math.min(read, readBy(await manager.consumers.info(stream, durable), last));
  return read;
}

function readBy({ num_pending, num_ack_pending, ack_floor, delivered }: ConsumerInfo, last: number): number {
  if (num_ack_pending > 0) return ack_floor.stream_seq;
  return num_pending > 0 ? delivered.stream_seq : last;
}
