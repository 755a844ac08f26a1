// evaluated before all that takes time to load
import { handOverSignals } from './early-end.ts';
import { DeclarationError, readConfig, type Api, type ProcessEnvironment } from '#declare';
import type { ServiceDefinition } from './definition.ts';
import { textOf } from './dependency.ts';
import type { AnyDeclaration } from './service.ts';
import type { SessionSource } from './sessions/session-source.ts';
import { DEFAULT_GRACE_MS, settingsOf } from './settings.ts';
import { StartError } from './start-error.ts';
import { startService } from './start-service.ts';
import { DependencyError } from './unavailable.ts';

/** Milliseconds beyond the grace after which a process that hangs in its end is ended by itself. */
const HANG_MS = 2000;
/** Exit code of a process that was interrupted: 128 and the number of SIGINT. */
const INTERRUPTED = 130;
/** npm passes the Ctrl+C of its terminal on to a process that has already received it: both are one. */
const SAME_INTERRUPT_MS = 1000;
const MOST_CAUSES = 5;

/**
 * Runs a service as this process: starts it, ends it on SIGTERM or SIGINT (node is PID 1, so nobody else passes signals
 * on), and exits 0 after a clean end, 1 when it cannot start or cannot go on; another SIGINT a second later ends it at once.
 * Faults of the environment are printed together, a line each. With the argument `outbox` it runs that command on the outbox
 * instead: see docs/runtime.md.
 */
export async function runService<
  D extends AnyDeclaration,
  A extends Api,
  Tables,
  Sessions extends SessionSource | undefined,
  Context,
>(
  definition: ServiceDefinition<D, A, Tables, Sessions, Context>,
  env: ProcessEnvironment = process.env,
): Promise<void> {
  const { name } = definition.declaration;
  if (process.argv[2] === OUTBOX_COMMAND) return await runOutbox(definition.declaration, env, process.argv.slice(3));
  let running: { stop(): Promise<void> } | undefined;
  let asked = false;
  const end = async (code: number): Promise<void> => {
    process.exitCode = code;
    if (asked && code === 0) return;
    asked = true;
    setTimeout(() => process.exit(code), graceOf(env) + HANG_MS).unref();
    if (running === undefined) process.exit(code);
    await running.stop();
    process.exit(code);
  };
  process.on('SIGTERM', () => void end(0));
  let interruptedAt: number | undefined;
  process.on('SIGINT', () => {
    interruptedAt ??= performance.now();
    // another Ctrl+C means: do not wait
    if (asked && performance.now() - interruptedAt > SAME_INTERRUPT_MS) process.exit(INTERRUPTED);
    void end(0);
  });
  handOverSignals();
  process.on('uncaughtException', (error) => crash(name, error));
  try {
    running = await startService(definition, { env, onFatal: () => void end(1) });
  } catch (error) {
    process.stderr.write(`${explain(name, error)}\n`);
    process.exit(1);
  }
}

const OUTBOX_COMMAND = 'outbox';

/** Lists, sends or drops messages that were parked. PostgreSQL's client is loaded only for this. */
async function runOutbox(
  declaration: AnyDeclaration,
  env: ProcessEnvironment,
  words: readonly string[],
): Promise<void> {
  const { OUTBOX_USAGE, runOutboxCommand } = await import('./outbox/outbox-command.ts');
  try {
    const { database } = settingsOf(declaration, readConfig(declaration.env, env, declaration.name));
    const result = await runOutboxCommand(database, words, (progress) => void process.stderr.write(progress));
    process.exitCode = result === undefined ? 2 : Number(result.fault !== undefined);
    if (result === undefined) process.stderr.write(OUTBOX_USAGE);
    else process.stdout.write(result.said);
    if (result?.fault !== undefined) process.stderr.write(`${result.fault}\n`);
  } catch (error) {
    process.stderr.write(`${explain(declaration.name, error)}\n`);
    process.exitCode = 1;
  }
}

/** Why a service could not start, for a person. */
export function explain(service: string, error: unknown): string {
  if (error instanceof DeclarationError)
    return `${service} cannot start, its environment is invalid:\n${error.message}`;
  if (error instanceof DependencyError || error instanceof StartError)
    return `${service} cannot start: ${error.message}`;
  return `${service} cannot start: ${withCauses(error)}`;
}

/** An error's stack, and the message of each cause. */
function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const causes: string[] = [];
  for (let { cause } = error; cause instanceof Error && causes.length < MOST_CAUSES; { cause } = cause) {
    causes.push(`\ncaused by: ${textOf(cause)}`);
  }
  return `${error.stack ?? error.message}${causes.join('')}`;
}

function graceOf(env: ProcessEnvironment): number {
  return Number(env.SHUTDOWN_GRACE_MS) || DEFAULT_GRACE_MS;
}

/** What nobody caught leaves the process in a state that nobody knows: it ends, and what it worked on comes again. */
function crash(service: string, error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${JSON.stringify({ level: 'fatal', service, msg: 'uncaught', stack })}\n`);
  process.exit(1);
}
