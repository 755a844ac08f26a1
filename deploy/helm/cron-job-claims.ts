/**
 * Claims that only CronJobs use. With `volumeBindingMode: WaitForFirstConsumer` such a claim is bound when the first job
 * runs, perhaps a day after the installation. `helm --wait` waits for every claim of a release, so it would time out.
 * Helm does not wait for hooks, so the chart creates these claims as hooks (docs/decisions/0014-helm-and-idle-claims.md).
 */
import type { SynthesizedObject } from './replica-variants.ts';

const HOOK = {
  'helm.sh/hook': 'pre-install,pre-upgrade',
  // without a policy, Helm deletes the claim with all backups before it creates the hook again
  'helm.sh/hook-delete-policy': 'hook-failed',
  'helm.sh/resource-policy': 'keep',
};

/** Names of the claims that a CronJob mounts and no workload that starts with the release. */
export function cronJobClaims(objects: readonly SynthesizedObject[]): ReadonlySet<string> {
  const jobs = objects.filter(({ kind }) => kind === 'CronJob');
  const others = new Set(objects.filter(({ kind }) => kind !== 'CronJob').flatMap(claimNames));
  return new Set(jobs.flatMap(claimNames).filter((name) => !others.has(name)));
}

/** The claim as a hook. */
export function asHook(claim: SynthesizedObject): SynthesizedObject {
  const { metadata } = claim;
  return { ...claim, metadata: { ...metadata, annotations: { ...metadata.annotations, ...HOOK } } };
}

/** The template of a hook that is created only where the claim does not exist: creating it twice would be an error. */
export function createdOnce(name: string, template: string): string {
  return `{{- if not (lookup "v1" "PersistentVolumeClaim" .Release.Namespace "${name}") }}\n${template}{{- end }}\n`;
}

/** Every `claimName` in an object. */
function claimNames(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    key === 'claimName' && typeof child === 'string' ? [child] : claimNames(child),
  );
}
