/**
 * How long a pod has from being told to end until it is killed: the pause before SIGTERM, in which the endpoints forget
 * it; the time that the process takes to drain; and a margin, so that the process ends by itself.
 */
import type { Fault } from '#env';
import type { Consumer } from '#messaging';

/** Variable of a declaration by which the process knows how long it may drain, in ms. */
export const SHUTDOWN_GRACE_VARIABLE = 'SHUTDOWN_GRACE_MS';

const DEFAULT_DRAIN_SECONDS = 25;
const MARGIN_SECONDS = 5;

/** What the grace is computed from. */
export interface ShutdownProps {
  readonly preStopSeconds: number;
  /** Value of SHUTDOWN_GRACE_MS; undefined when it is not declared. */
  readonly shutdownGraceMs: string | undefined;
  readonly consumes: readonly Consumer[];
  /** What was asked for; undefined to compute it. */
  readonly terminationGracePeriodSeconds: number | undefined;
}

/** Seconds of grace that a pod needs at the least: pause + drain or longest acknowledgement + margin. */
export function neededGraceSeconds({ preStopSeconds, shutdownGraceMs, consumes }: ShutdownProps): number {
  const drainSeconds =
    shutdownGraceMs === undefined ? DEFAULT_DRAIN_SECONDS : Math.ceil(Number(shutdownGraceMs) / 1000);
  const ackSeconds = consumes.map((consumer) => consumer.policy.ackWaitSeconds);
  return preStopSeconds + Math.ceil(Math.max(drainSeconds, ...ackSeconds)) + MARGIN_SECONDS;
}

/** What is wrong with the times around the end of a pod. */
export function shutdownFaults(props: ShutdownProps, place: string): readonly Fault[] {
  const fault = (message: string): Fault => ({ rule: 'shutdown-grace', place, message });
  if (!Number.isInteger(props.preStopSeconds) || props.preStopSeconds < 0) {
    return [fault(`preStopSeconds is ${props.preStopSeconds}, must be a non-negative integer, 0 for no pause`)];
  }
  if (props.shutdownGraceMs !== undefined && !/^\d+$/.test(props.shutdownGraceMs)) {
    const value = JSON.stringify(props.shutdownGraceMs);
    return [fault(`${SHUTDOWN_GRACE_VARIABLE} is ${value}, must be an integer of milliseconds`)];
  }
  const asked = props.terminationGracePeriodSeconds;
  const needed = neededGraceSeconds(props);
  if (asked === undefined || asked >= needed) return [];
  return [
    fault(
      `terminationGracePeriodSeconds is ${asked}, must be at least ${needed} (${props.preStopSeconds} s before SIGTERM, the drain of ${SHUTDOWN_GRACE_VARIABLE} or the longest ack wait, ${MARGIN_SECONDS} s margin): raise it, or omit it to use the computed value`,
    ),
  ];
}
