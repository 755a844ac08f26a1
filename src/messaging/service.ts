import { assertNoFaults } from '#env';
import type { EnvVariable } from '#env';
import { givenVariables } from '#given-variables';
import { propFaults, type PropShapes } from '#prop-shapes';
import type { Consumer } from './consumer.ts';
import { messageListFaults } from './declaration-faults.ts';
import { serviceShapes } from './declaration-shapes.ts';
import type { Message } from './message.ts';
import type { NatsRequest } from './request.ts';

/** JetStream operations of a service beyond publishing and consuming. */
export interface JetStreamDuties {
  /**
   * Whether this service creates and updates all streams and durables. Exactly one service must.
   * @default false
   */
  readonly provisions?: boolean;
  /** Names of streams that it reads by sequence. @default [] */
  readonly reads?: readonly string[];
  /** Names of streams that it deletes from by sequence. @default [] */
  readonly deletes?: readonly string[];
  /** Names of streams that it purges. @default [] */
  readonly purges?: readonly string[];
}

/** Redis keys of a service, as glob patterns of Redis ACLs. */
export interface RedisKeys {
  /** Patterns that it reads and writes. */
  readonly writes: readonly string[];
  /** Patterns that it only reads. @default [] */
  readonly reads?: readonly string[];
}

/** The declaration of a service, from which everything else is derived. */
export interface ServiceDeclaration<
  E extends readonly EnvVariable[] = readonly EnvVariable[],
  Name extends string = string,
> {
  /** Name of its objects, its NATS and store users, and its label `app`. A DNS label. */
  readonly name: Name;
  /** Its variables, in any order. */
  readonly env: E;
  /** Messages that it alone publishes. */
  readonly publishes: readonly Message[];
  /** Durable consumers that it runs. */
  readonly consumes: readonly Consumer[];
  /** Messages that it subscribes to without a stream. */
  readonly subscribes: readonly Message[];
  /** Requests that it alone answers. */
  readonly responds: readonly NatsRequest[];
  /** Requests that it sends to the services that respond to them. */
  readonly requests: readonly NatsRequest[];
  /** Additional JetStream operations. */
  readonly jetstream: JetStreamDuties;
  /** Path prefix that the edge routes to it, such as `/api/auth`; undefined without a route. */
  readonly route: string | undefined;
  /** Its schema in PostgreSQL; undefined without a database. */
  readonly databaseSchema: string | undefined;
  /** Its keys in Redis; undefined without Redis. */
  readonly redisKeys: RedisKeys | undefined;
}

/** Declares a service. */
export function declareService<const E extends readonly EnvVariable[], const Name extends string>(props: {
  readonly name: Name;
  readonly env: E;
  /** @default [] */
  readonly publishes?: readonly Message[];
  /** @default [] */
  readonly consumes?: readonly Consumer[];
  /** @default [] */
  readonly subscribes?: readonly Message[];
  /** @default [] */
  readonly responds?: readonly NatsRequest[];
  /** @default [] */
  readonly requests?: readonly NatsRequest[];
  /** @default {} */
  readonly jetstream?: JetStreamDuties;
  /** @default - no route */
  readonly route?: string;
  /** @default - no database */
  readonly databaseSchema?: string;
  /** @default - no Redis */
  readonly redisKeys?: RedisKeys;
}): ServiceDeclaration<E, Name> {
  const { name } = (props as { readonly name?: unknown } | undefined) ?? {};
  const place = `declareService ${typeof name === 'string' ? name : ''}`.trimEnd();
  const shapes: PropShapes<ServiceDeclaration> = serviceShapes();
  const faults = propFaults(props, shapes, place, 'declareService');
  assertNoFaults(faults);
  const { variables, faults: ofEnv } = givenVariables(props.env, place);
  assertNoFaults([...ofEnv, ...messageListFaults(props, place)]);
  return {
    name: props.name,
    // Kubernetes' own entries have become variables
    env: variables.every((variable, index) => variable === props.env[index])
      ? props.env
      : (variables as readonly EnvVariable[] as E),
    publishes: props.publishes ?? [],
    consumes: props.consumes ?? [],
    subscribes: props.subscribes ?? [],
    responds: props.responds ?? [],
    requests: props.requests ?? [],
    jetstream: props.jetstream ?? {},
    route: props.route,
    databaseSchema: props.databaseSchema,
    redisKeys: props.redisKeys,
  };
}
