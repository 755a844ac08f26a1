/** The platform's own values, given to the runtime once: who calls, the topology, the codes of its refusals. */
import { topology } from '#catalog';
import { handle, instant, PROBLEMS, role, sessionId, userId, type ProblemCode, type Visibility } from '#contracts';
import type { Api } from '#declare';
import {
  defineService,
  redisSessions,
  HttpError as RuntimeHttpError,
  type AnyDeclaration,
  type CallOf as RuntimeCallOf,
  type HandlersOf as RuntimeHandlersOf,
  type HttpErrorOptions,
  type OpenedSession as RuntimeOpenedSession,
  type RedisSessions,
  type Service as RuntimeService,
  type ServiceDefinition,
  type ServiceParts,
  type SessionWriter as RuntimeSessionWriter,
  type WithRedis,
} from '#runtime';
import { z } from 'zod';

/** A session of the platform, as Redis stores it. */
export const sessionSchema = z.object({
  sessionId,
  userId,
  handle,
  role,
  createdAt: instant,
  lastSeenAt: instant,
  expiresAt: instant,
  idleExpiresAt: instant,
  userAgent: z.string(),
});

/** A session of the platform. */
export type Session = z.infer<typeof sessionSchema>;
/** Sessions as every service reads them. */
export type Sessions = RedisSessions<Session>;
/** Sessions as auth alone writes them. */
export type SessionWriter = RuntimeSessionWriter<Session>;
/** A session with the secret of its cookie. */
export type OpenedSession = RuntimeOpenedSession<Session>;

/** Whether a caller is one of those who own a thing, or an administrator. */
export function mayModerate(session: Session | undefined, ownerIds: readonly string[]): boolean {
  return session !== undefined && (session.role === 'admin' || ownerIds.includes(session.userId));
}

/** Whether a caller may see a video: what is ready and not private, what is their own, and administrators everything. */
export function maySeeVideo(
  video: { readonly ownerId: string; readonly visibility: Visibility; readonly ready: boolean },
  session: Session | undefined,
): boolean {
  return mayModerate(session, [video.ownerId]) || (video.ready && video.visibility !== 'private');
}

/** A running service of the platform. */
export type Service<D extends AnyDeclaration, Tables> = RuntimeService<D, Tables, Sessions>;
/** Handlers of all routes of an API. */
export type HandlersOf<A extends Api> = RuntimeHandlersOf<A, Session>;
/** The call of one operation. */
export type CallOf<A extends Api, Id extends keyof A['routes'] & string> = RuntimeCallOf<A, Id, Session>;

/** A refusal with one of the platform's codes. */
export class HttpError extends RuntimeHttpError {
  constructor(code: ProblemCode, options: HttpErrorOptions = {}) {
    super({ code, ...PROBLEMS[code] }, options);
  }
}

/**
 * Defines a service of the platform: its sessions are those that auth writes, its topology is the platform's, and its frequent
 * reads are hot.
 */
export function definePlatformService<const D extends AnyDeclaration, A extends Api, Tables, Context = undefined>(
  declaration: D,
  parts: Omit<ServiceParts<D, A, Tables, Sessions, Context>, 'sessions'>,
): ServiceDefinition<D, A, Tables, Sessions, Context> {
  return defineService<D, A, Tables, Sessions, Context>(declaration, {
    topology,
    hotReads: true,
    ...parts,
    sessions: (service) => sessionsOf(service as unknown as SessionSurroundings),
  });
}

interface SessionSurroundings extends WithRedis {
  readonly config: { readonly PUBLIC_ORIGIN: string; readonly COOKIE_NAME: string };
}

function sessionsOf({ redis, config }: SessionSurroundings): Sessions {
  return redisSessions({
    redis,
    schema: sessionSchema,
    publicOrigin: config.PUBLIC_ORIGIN,
    cookieName: config.COOKIE_NAME,
    admits: (session, access) => session.role === access,
  });
}
