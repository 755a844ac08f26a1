import type { Request } from 'express';

/** Reads who calls: the plug between the routes of a contract and the sessions of a product. */
export interface SessionSource<Session = unknown> {
  /** Name of the cookie, for the OpenAPI page. @default - the page names none */
  readonly cookieName?: string;
  /** The session of a request; undefined when it has none. Throws when it cannot be looked up. */
  find(request: Request): Promise<Session | undefined>;
  /** Id of the caller: under it answers to an `Idempotency-Key` are stored, and log lines name it. */
  callerOf(session: Session): string;
  /** Whether a session has the right that a route's `access` names, such as `admin`. @default - it has none */
  admits?(session: Session, access: string): boolean;
}

/** The session that a source reads. */
export type SessionOf<Source> = Source extends SessionSource<infer Session> ? Session : undefined;
