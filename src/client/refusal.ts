/** The two ways in which a call fails: a service refuses it, or cannot be reached. */
import type { Problem } from '#http';

/**
 * A service answered with a refusal; `problem` says which.
 *
 * @example
 * if (error instanceof Refusal && error.code === 'not_found') return undefined;
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Name of the service that refused. */
  readonly service: string;
  /** Body of the response, RFC 9457. */
  readonly problem: Problem;

  constructor(service: string, problem: Problem) {
    super(`${service} refused: ${problem.code} ${problem.detail ?? problem.title}`);
    this.service = service;
    this.problem = problem;
  }

  /** Stable code of the problem. */
  get code(): string {
    return this.problem.code;
  }
}

/** Nobody answered: there is no network, the connection broke, or it took too long. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  /** Name of the service that was called. */
  readonly service: string;
  /** Whether the browser itself says that it has no network. */
  readonly offline: boolean;

  constructor(service: string, offline: boolean, cause: unknown) {
    super(`${service} could not be reached`, { cause });
    this.service = service;
    this.offline = offline;
  }
}
