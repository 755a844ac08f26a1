import { assertProps } from '#prop-shapes';
import type { PropShapes } from '#prop-shapes';
import { streamShapes } from './declaration-shapes.ts';

/** A JetStream stream: what it stores, and for how long. */
export interface Stream {
  /** Name, by convention in capitals: `EVENTS`. */
  readonly name: string;
  /** Subject filters that it stores. Streams must not overlap. */
  readonly subjects: readonly string[];
  /**
   * `limits` keeps messages until a limit of age or size, `workqueue` until one acknowledgement, `interest` until every
   * consumer has acknowledged.
   */
  readonly retention: 'limits' | 'workqueue' | 'interest';
  /** Storage. */
  readonly storage: 'file' | 'memory';
  /** Seconds after which a message is deleted; 0 for never. */
  readonly maxAgeSeconds: number;
  /** Size limit in bytes; -1 for no limit, which `NatsServer` refuses. */
  readonly maxBytes: number;
  /** What is dropped when the stream is full: its oldest message, or the new one, whose publisher is told. */
  readonly discard: 'old' | 'new';
  /** Seconds within which a second message with the same id is dropped. */
  readonly duplicateWindowSeconds: number;
}

/** Declares a stream. */
export function defineStream(props: {
  readonly name: string;
  readonly subjects: readonly string[];
  /** @default 'limits' */
  readonly retention?: Stream['retention'];
  /** @default 'file' */
  readonly storage?: Stream['storage'];
  /** @default 0 */
  readonly maxAgeSeconds?: number;
  /** @default -1 */
  readonly maxBytes?: number;
  /** @default - 'new' for a work queue, otherwise 'old' */
  readonly discard?: Stream['discard'];
  /** @default 120 */
  readonly duplicateWindowSeconds?: number;
}): Stream {
  const { name } = (props as { readonly name?: unknown } | undefined) ?? {};
  const shapes: PropShapes<Stream> = streamShapes();
  assertProps(props, shapes, `defineStream ${typeof name === 'string' ? name : ''}`.trimEnd(), 'defineStream');
  return {
    name: props.name,
    subjects: props.subjects,
    retention: props.retention ?? 'limits',
    storage: props.storage ?? 'file',
    maxAgeSeconds: props.maxAgeSeconds ?? 0,
    maxBytes: props.maxBytes ?? -1,
    discard: props.discard ?? (props.retention === 'workqueue' ? 'new' : 'old'),
    duplicateWindowSeconds: props.duplicateWindowSeconds ?? 120,
  };
}

/** Whether a full stream stays full until messages expire, unless those that every durable has acknowledged are purged. */
export function needsPurge({ retention, discard }: Stream): boolean {
  return retention === 'limits' && discard === 'new';
}
