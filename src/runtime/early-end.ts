/**
 * The first module of the runtime that is evaluated. The kernel drops a signal for PID 1 without a handler: one that came while
 * the others are still loaded would be lost, and the process would be killed after its whole grace.
 */
const FIRST_PROCESS = 1;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

if (process.pid === FIRST_PROCESS) SIGNALS.forEach((signal) => process.on(signal, endAtOnce));

/** Leaves signals to the handlers that are there now. */
export function handOverSignals(): void {
  SIGNALS.forEach((signal) => process.off(signal, endAtOnce));
}

/** Nothing is open yet. A program that has handlers of its own meanwhile decides itself. */
function endAtOnce(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 1) process.exit(0);
}
