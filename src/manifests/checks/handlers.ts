/** Probes and hooks as the API server takes them: one action each, and thresholds that fit the kind of probe. */
import type { Cursor } from '../cursor.ts';
import type { PodContainer, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;
const ACTIONS = ['exec', 'grpc', 'httpGet', 'sleep', 'tcpSocket'];

/** Every such probe or hook that the server refuses. */
export function handlerFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => pod.containers.flatMap((container) => containerFaults(pod, container)));
}

function containerFaults(pod: PodTemplate, { name: container, at }: PodContainer): ManifestFault[] {
  const probes = PROBES.map((name) => ({ name, at: at.at(name) }));
  const hooks = HOOKS.map((name) => ({ name, at: at.at('lifecycle', name) }));
  return [
    ...[...probes, ...hooks].flatMap((it) => actionFaults(pod, container, it)),
    ...probes.flatMap((it) => thresholdFaults(pod, container, it)),
  ];
}

interface Handler {
  readonly name: string;
  readonly at: Cursor;
}

function actionFaults(pod: PodTemplate, container: string, { name, at }: Handler): ManifestFault[] {
  const known = ACTIONS.filter((action) => at.at(action).exists);
  if (known.length > 1) {
    const message = `${name} of container ${container} has the actions ${known.join(' and ')}, must have exactly one: remove the others`;
    return [faultAt(pod.object, at, 'field-value', message)];
  }
  const exec = at.at('exec');
  if (!runsNothing(exec)) return [];
  const message = `${name} of container ${container} has exec without a command, which the API server rejects: list the words of the command`;
  return [faultAt(pod.object, exec, 'field-value', message)];
}

/** Whether an `exec` names no command; text in the place of either is a template that is not rendered yet. */
function runsNothing(exec: Cursor): boolean {
  if (typeof exec.value !== 'object' || Array.isArray(exec.value) || !exec.exists) return false;
  const command = exec.at('command');
  return !command.exists || (Array.isArray(command.value) && command.value.length === 0);
}

function thresholdFaults(pod: PodTemplate, container: string, { name, at }: Handler): ManifestFault[] {
  const [successes, grace] = [at.at('successThreshold'), at.at('terminationGracePeriodSeconds')];
  const faults: ManifestFault[] = [];
  if (name !== 'readinessProbe' && (successes.number ?? 1) > 1) {
    const message = `successThreshold of ${name} of container ${container} is ${successes.number}, must be 1: remove it`;
    faults.push(faultAt(pod.object, successes, 'field-value', message));
  }
  if (name === 'readinessProbe' && grace.exists) {
    const message = `terminationGracePeriodSeconds is set on ${name} of container ${container}, but only startup and liveness probes end a container: remove it`;
    faults.push(faultAt(pod.object, grace, 'field-value', message));
  }
  return faults;
}
