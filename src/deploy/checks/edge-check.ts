/** Asks the edge. An old pod may answer while a new one is stuck, so an answer alone proves nothing: its version does. */
import { lookup } from 'node:dns/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Cursor } from '#manifests';
import type { DeployFault } from '../fault.ts';
import type { EdgeTarget } from './edge-targets.ts';

/** What one question gave. */
export type EdgeAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly version: string | undefined }
  | { readonly kind: 'none'; readonly why: string };

/** An edge learns of new pods a moment after they are ready, so one right answer may be followed by a wrong one. */
const RIGHT_ANSWERS = 3;
const QUESTION_TIMEOUT_MS = 10_000;
const BETWEEN_MS = 500;

/** A name that nobody knows from here: the check after the deployment could not but fail. */
export async function edgeNameFault(edge: string): Promise<DeployFault | undefined> {
  const { hostname } = new URL(edge);
  try {
    await lookup(hostname.replace(/^\[|\]$/g, ''));
    return undefined;
  } catch (error) {
    const message = `its name cannot be resolved from here (${reasonOf(error)}), so no service version could be checked`;
    return {
      object: `edge ${edge}`,
      reason: 'unknown-host',
      message,
      next: 'npm run deploy -- --url URL   (or --skip-edge)',
    };
  }
}

/** Asks until three answers in a row are right; otherwise the fault of the last answer once `patienceMs` is over. */
export async function checkTarget(
  edge: string,
  target: EdgeTarget,
  patienceMs: number,
  signal: AbortSignal,
): Promise<DeployFault | undefined> {
  const url = `${edge.replace(/\/$/, '')}${target.path}`;
  const startedAt = performance.now();
  let right = 0;
  for (;;) {
    const fault = answerFault(target, url, await ask(url, signal));
    right = fault === undefined ? right + 1 : 0;
    if (right === RIGHT_ANSWERS) return undefined;
    if (fault !== undefined && performance.now() - startedAt >= patienceMs) return fault;
    if (fault !== undefined) await pause(BETWEEN_MS, undefined, { signal });
  }
}

async function ask(url: string, signal: AbortSignal): Promise<EdgeAnswer> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'application/json, text/html' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(QUESTION_TIMEOUT_MS)]),
    });
    return { kind: 'answer', status: response.status, version: versionIn(await response.text()) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'none', why: reasonOf(error) };
  }
}

function versionIn(body: string): string | undefined {
  try {
    return new Cursor(JSON.parse(body)).at('version').text;
  } catch {
    return undefined;
  }
}

/** fetch says only "fetch failed"; the reason stands below it. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const message = cause instanceof Error ? cause.message : String(cause);
  return code === undefined || message.includes(code) ? message : `${code} ${message}`;
}

/** What is wrong with an answer; undefined when nothing is. */
export function answerFault(target: EdgeTarget, url: string, answer: EdgeAnswer): DeployFault | undefined {
  const { object, version } = target;
  const next = `curl -sS -i ${url}`;
  if (answer.kind === 'none') {
    return { object, reason: 'no-answer', message: `the edge does not answer at ${url}: ${answer.why}`, next };
  }
  if (answer.status >= 400 || (version !== undefined && answer.status !== 200)) {
    return { object, reason: 'bad-status', message: `the edge answers with ${answer.status} at ${url}`, next };
  }
  if (version === undefined || answer.version === version) return undefined;
  const told = answer.version === undefined ? 'no version' : `version ${answer.version}`;
  return {
    object,
    reason: 'wrong-version',
    message: `the edge answers with ${told} at ${url}, but ${version} was deployed`,
    next,
  };
}
