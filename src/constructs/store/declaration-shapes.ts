/** The shapes of declarations as constructs take them: whole, in lists, and in a topology. */
import type { DeadLetters, JetStreamDuties, RedisKeys, Stream, Topology } from '#messaging';
import { streamShapes } from '#declaration-shapes';
import { group, isMap, listOf, type NestedShape, oneWord, required, typeProblem, written } from '#prop-shapes';

const STREAM_WORDS = {
  retention: oneWord('limits', 'workqueue', 'interest'),
  storage: oneWord('file', 'memory'),
  discard: oneWord('old', 'new'),
};
/** JetStream operations of a service. */
export const JETSTREAM = group<JetStreamDuties>({
  provisions: 'boolean',
  reads: 'texts',
  deletes: 'texts',
  purges: 'texts',
});
/** Keys of a service in Redis. */
export const REDIS_KEYS = group<RedisKeys>({ writes: 'texts!', reads: 'texts' });

/** A topology of `defineTopology`. */
export function topologyShape(): NestedShape {
  return group<Topology>({
    streams: required(listOf(group<Stream>({ ...streamShapes(), ...STREAM_WORDS }))),
    services: required(declarations()),
    deadLetters: group<DeadLetters>({ stream: 'text!', prefix: 'text!' }),
  });
}

/** A list of declarations of services. */
export function declarations(): NestedShape {
  return listOf(
    {
      required: false,
      words: 'a declaration of declareService',
      fits: isMap,
      problems: (path, value) => {
        const wayOut = declarationHint(value);
        if (wayOut === undefined) return [];
        const message = `${path} is ${written(path, value)}, must be a declaration of declareService: ${wayOut}`;
        return [typeProblem(message)];
      },
    },
    'a list of declarations',
    'write [orders]',
  );
}

const LISTS = ['env', 'publishes', 'consumes', 'subscribes', 'responds', 'requests'];

/** What to do about a value that is no declaration; undefined for one that is. */
function declarationHint(value: unknown): string | undefined {
  if (value === undefined) return 'check its import (one in a circle is undefined)';
  if (typeof value === 'string') return 'import the declaration and pass it instead of its name';
  if (!isMap(value)) return 'make it with declareService';
  // a construct has its declaration beside much else
  if (isMap(value['declaration'])) return 'pass its declaration';
  const wrong = LISTS.find((name) => !Array.isArray(value[name]));
  const { name, jetstream } = value;
  if (typeof name !== 'string') return 'it has no name: make it with declareService';
  if (wrong !== undefined) return `it has no list ${wrong}: make it with declareService`;
  return isMap(jetstream) ? undefined : 'it has no jetstream: make it with declareService';
}
