/** How a service is defined: its declaration, and the parts that run it. */
import type { Api, Topology } from '#declare';
import type { RequestHandler } from 'express';
import type { Migrations } from './database/define-migrations.ts';
import type { Dependency } from './dependency.ts';
import type { Consumption, Responder, Subscription } from './events/parts.ts';
import type { HandlersOf } from './http/call.ts';
import type { Loop } from './loop.ts';
import type { AnyDeclaration, Service, ServiceConfig } from './service.ts';
import type { SessionOf, SessionSource } from './sessions/session-source.ts';

/**
 * The parts of a service. Each is a function that is called once, after the migrations, with all stores open; it gets the
 * service and what `context` returned.
 */
export interface ServiceParts<
  D extends AnyDeclaration,
  A extends Api,
  Tables,
  Sessions extends SessionSource | undefined,
  Context,
> {
  /** Contract of its routes. @default - none */
  readonly api?: A;
  /** Migrations of its schema; their type gives `db` its tables. @default - none but the runtime's own */
  readonly migrations?: Migrations<Tables>;
  /** Streams and services; by config where settings change a policy. @default - this service alone, without streams */
  readonly topology?: Topology | ((config: ServiceConfig<D>) => Topology);
  /** Servers that hold a copy of each stream, for the service that provisions: 3 in a cluster. @default 1 */
  readonly streamReplicas?: (config: ServiceConfig<D>) => number;
  /** Runs frequent quick reads prepared on one shared connection; see docs/runtime.md for its rules. @default false */
  readonly hotReads?: boolean;
  /** Reads who calls. @default - no route may ask for a session */
  readonly sessions?: (service: Service<D, Tables>) => Sessions;
  /** What the parts share; the first that is called. @default - nothing */
  readonly context?: (service: Service<D, Tables, Sessions>) => Context | Promise<Context>;
  /** One handler for each route of the API. @default - none, for a service without API */
  readonly handlers?: (
    service: Service<D, Tables, Sessions>,
    context: NoInfer<Context>,
  ) => HandlersOf<A, SessionOf<Sessions>>;
  /** Express routes that come before those of the API, under the service's route. @default - none */
  readonly router?: (service: Service<D, Tables, Sessions>, context: NoInfer<Context>) => RequestHandler;
  /** One for each consumer of the declaration. @default - none */
  readonly consumers?: (service: Service<D, Tables, Sessions>, context: NoInfer<Context>) => readonly Consumption[];
  /** One for each message that the declaration subscribes to. @default - none */
  readonly subscriptions?: (
    service: Service<D, Tables, Sessions>,
    context: NoInfer<Context>,
  ) => readonly Subscription[];
  /** One for each request that the declaration responds to. @default - none */
  readonly responders?: (service: Service<D, Tables, Sessions>, context: NoInfer<Context>) => readonly Responder[];
  /** @default - none */
  readonly loops?: (service: Service<D, Tables, Sessions>, context: NoInfer<Context>) => readonly Loop[];
  /** What `/readyz` shows besides the stores. @default - nothing */
  readonly dependencies?: (service: Service<D, Tables, Sessions>, context: NoInfer<Context>) => readonly Dependency[];
  /** Called at the end, after consumers and loops and before the stores close. @default - nothing */
  readonly close?: (service: Service<D, Tables, Sessions>, context: NoInfer<Context>) => Promise<void>;
}

/** A service before it starts; made by {@link defineService}. */
export interface ServiceDefinition<
  D extends AnyDeclaration = AnyDeclaration,
  A extends Api = Api,
  Tables = unknown,
  Sessions extends SessionSource | undefined = SessionSource | undefined,
  Context = unknown,
> {
  /** What the service is. */
  readonly declaration: D;
  /** What it does. */
  readonly parts: ServiceParts<D, A, Tables, Sessions, Context>;
}

/**
 * Defines a service. Throws for what the types cannot refuse: an API without handlers, migrations without a database, a
 * consumer without NATS.
 *
 * @example
 * export const service = defineService(orders, {
 *   migrations,
 *   router: ({ db }) => Router().get('/', async (_request, response) => response.json(await ordersOf(db))),
 * });
 */
export function defineService<
  const D extends AnyDeclaration,
  A extends Api = Api,
  Tables = unknown,
  Sessions extends SessionSource | undefined = undefined,
  Context = undefined,
>(
  declaration: D,
  parts: ServiceParts<D, A, Tables, Sessions, Context>,
): ServiceDefinition<D, A, Tables, Sessions, Context> {
  const faults = [...apiFaults(parts), ...storeFaults(declaration, parts)];
  if (faults.length > 0) throw new Error(faults.map((fault) => `${declaration.name} ${fault}`).join('\n'));
  return { declaration, parts };
}

/** Throws with every declared message and request that no part handles, and every handler that no declaration has. */
export function assertParts(
  declaration: AnyDeclaration,
  parts: {
    readonly consumers?: readonly Consumption[];
    readonly subscriptions?: readonly Subscription[];
    readonly responders?: readonly Responder[];
  },
): void {
  const consumed = declaration.consumes.map(({ message }) => message);
  const messages = (handled: readonly (Consumption | Subscription)[] = []) => handled.map(({ message }) => message);
  const answered = (parts.responders ?? []).map(({ request }) => request);
  const faults = [
    ...differences('consumes', consumed, messages(parts.consumers)),
    ...differences('subscribes to', declaration.subscribes, messages(parts.subscriptions)),
    ...differences('responds to', declaration.responds, answered),
  ];
  const lines = faults.map((fault) => `${declaration.name} ${fault}: make the parts match the declaration`);
  if (lines.length > 0) throw new Error(lines.join('\n'));
}

/** Whether a declaration has a variable, and the service with it a store. */
export function declares(declaration: AnyDeclaration, name: 'DATABASE_URL' | 'NATS_URL' | 'REDIS_URL'): boolean {
  return declaration.env.some((variable) => variable.name === name);
}

type UntypedParts = {
  readonly [Part in keyof ServiceParts<AnyDeclaration, Api, unknown, undefined, unknown>]?: unknown;
};

function apiFaults({ api, handlers, sessions }: UntypedParts): string[] {
  const faults: string[] = [];
  if (api !== undefined && handlers === undefined) faults.push('has an api without handlers: add handlers');
  if (api === undefined && handlers !== undefined) faults.push('has handlers without an api: add api, or use router');
  const guarded = Object.entries((api as Api | undefined)?.routes ?? {}).filter(
    ([, { access }]) => access !== 'public',
  );
  if (guarded.length > 0 && sessions === undefined) {
    const names = guarded.map(([operation]) => operation).join(', ');
    faults.push(`has routes that require a session (${names}) but no session source: add sessions`);
  }
  return faults;
}

function storeFaults(declaration: AnyDeclaration, { migrations }: UntypedParts): string[] {
  const has = {
    database: declares(declaration, 'DATABASE_URL'),
    nats: declares(declaration, 'NATS_URL'),
  };
  const { publishes, consumes, subscribes, responds, requests } = declaration;
  const talks = [publishes, consumes, subscribes, responds, requests].flat().length > 0;
  return [
    ...(migrations !== undefined && !has.database
      ? ['has migrations but no DATABASE_URL: add database to its runtimeEnv']
      : []),
    ...(talks && !has.nats ? ['declares messages but no NATS_URL: add nats to its runtimeEnv'] : []),
  ];
}

/** A message or a request. */
interface OnSubject {
  readonly subject: string;
}

function differences(verb: string, declared: readonly OnSubject[], handled: readonly OnSubject[]): string[] {
  const missing = declared.filter((one) => !handled.includes(one));
  const foreign = handled.filter((one) => !declared.includes(one));
  const twice = handled.filter((one, i) => handled.indexOf(one) < i);
  return [
    ...missing.map(({ subject }) => `${verb} ${subject}, but no part handles it`),
    ...foreign.map(({ subject }) => `handles ${subject}, which is not in the declaration`),
    ...twice.map(({ subject }) => `handles ${subject} twice`),
  ];
}
