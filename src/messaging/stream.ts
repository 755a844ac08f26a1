/** A JetStream stream, by what it keeps and for how long. */
export interface Stream {
  /** Name, by convention in capitals: `EVENTS`. */
  readonly name: string;
  /** Subject filters that it keeps. No two streams may overlap. */
  readonly subjects: readonly string[];
  /** `limits` keeps until age or size says otherwise, `workqueue` until acknowledged once, `interest` until every consumer acknowledged. */
  readonly retention: 'limits' | 'workqueue' | 'interest';
  /** Where it is kept. */
  readonly storage: 'file' | 'memory';
  /** Seconds after which a message goes; 0 for never. */
  readonly maxAgeSeconds: number;
  /** Bytes that the stream may hold; -1 for no limit of its own. */
  readonly maxBytes: number;
  /** Seconds in which a second message of the same id is dropped. */
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
  /** @default 120 */
  readonly duplicateWindowSeconds?: number;
}): Stream {
  return {
    name: props.name,
    subjects: props.subjects,
    retention: props.retention ?? 'limits',
    storage: props.storage ?? 'file',
    maxAgeSeconds: props.maxAgeSeconds ?? 0,
    maxBytes: props.maxBytes ?? -1,
    duplicateWindowSeconds: props.duplicateWindowSeconds ?? 120,
  };
}
