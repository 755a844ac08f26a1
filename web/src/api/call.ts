/** Calls of the services' operations, from the page that the services' edge serves. */
import { createTransport, type Answer, type CallArguments, type Face, type Sending } from '#client';
import type { Api, OperationOf, ResponseOf, RouteOf } from '#contracts';
import type { Refusal, Unreachable } from './refusal.ts';

export type { Answer, CallArguments, CallRequest } from '#client';
export { problemOf } from '#client';

/** How a call ended: `error` is absent when the service answered and did not say that a part of it is away. */
export interface CallOutcome {
  readonly service: string;
  readonly error?: Refusal | Unreachable;
}

const listeners = new Set<(outcome: CallOutcome) => void>();

/** Tells of every call how it ended; returns what ends the telling. */
export function onCallOutcome(listener: (outcome: CallOutcome) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells those who watch calls how one ended; for what reaches a service by other ways, such as the live stream. */
export function reportOutcome(outcome: CallOutcome): void {
  for (const listener of listeners) listener(outcome);
}

const transport = createTransport({ onOutcome: (outcome) => reportOutcome(outcome as CallOutcome) });

/** Calls an operation and gives its answer. Throws `Refusal`, `Unreachable`, or what `signal` was aborted with. */
export async function call<A extends Api, Id extends OperationOf<A>>(
  face: Face<A>,
  id: Id,
  ...args: CallArguments<A, Id>
): Promise<ResponseOf<RouteOf<A, Id>>> {
  return (await callForAnswer(face, id, ...args)).data;
}

/** As {@link call}, with the `ETag` and the request id. */
export async function callForAnswer<A extends Api, Id extends OperationOf<A>>(
  face: Face<A>,
  id: Id,
  ...args: CallArguments<A, Id>
): Promise<Answer<ResponseOf<RouteOf<A, Id>>>> {
  return await transport.callForAnswer(face, id, ...args);
}

/** Fetches a path of a service; a refusal and no answer are thrown as {@link call} throws them. */
export async function send(service: string, path: string, sending: Sending): Promise<Response> {
  return await transport.send(service, path, sending);
}

/** Whether a service answers at all; asks for its version, which needs no store. */
export async function answers(service: string, withinMs: number): Promise<boolean> {
  const answer = await fetch(`/api/${service}/version`, { signal: AbortSignal.timeout(withinMs) }).catch(
    () => undefined,
  );
  return answer !== undefined && answer.status < 500;
}

/** Whether the web's own server answers. */
export async function pageIsServed(): Promise<boolean> {
  const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => undefined);
  return answer?.ok ?? false;
}
