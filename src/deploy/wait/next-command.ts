import type { ManifestObject } from '#manifests';
import type { Kubectl } from '../kubectl/kubectl.ts';
import type { LastingCause } from './lasting-cause.ts';

/** What to type to see more of a workload that is not ready, or to cure it. */
export function nextCommand(kubectl: Kubectl, workload: ManifestObject, cause: LastingCause | undefined): string {
  const own = kubectl.line('describe', `${workload.kind.toLowerCase()}/${workload.name}`);
  if (cause === undefined) return own;
  const { reason, message, pod, container } = cause;
  if (/secret/i.test(message) && /not found|couldn't find key|non-existent/.test(message)) {
    return 'npx cdk8s-nats secrets generate --apply dist   (creates missing keys, keeps existing ones)';
  }
  if (/quota/.test(message)) return kubectl.line('describe', 'resourcequota');
  if (pod === undefined) return own;
  if (/of the old revision/.test(message)) return kubectl.line('delete', 'pod', pod);
  if (reason === 'CrashLoopBackOff') {
    return kubectl.line('logs', pod, ...(container === undefined ? [] : ['--container', container]), '--previous');
  }
  return kubectl.line('describe', 'pod', pod);
}
