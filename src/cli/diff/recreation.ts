/** Objects that their tool deletes and creates again, so that no change of them is refused. */
import type { ManifestObject } from '#manifests';

/** Who creates an object again at each deployment, in words; undefined for one that is changed where it is. */
export function recreatedBy({ root, name }: ManifestObject): string | undefined {
  if (name === '' && root.at('metadata', 'generateName').exists)
    return 'every create generates a new name (generateName)';
  const annotations = root.at('metadata', 'annotations');
  const of = (key: string): string => annotations.at(key).text ?? '';
  if (of('helm.sh/hook') !== '' && isHookDeleted(of('helm.sh/hook-delete-policy')))
    return 'Helm deletes and recreates the hook';
  const hooks = wordsOf(of('argocd.argoproj.io/hook'));
  if (hooks.length > 0 && !hooks.includes('Skip')) return 'Argo CD deletes and recreates the hook';
  // Replace=true alone is a `kubectl replace`, which the API server refuses like any other change
  if (wordsOf(of('argocd.argoproj.io/sync-options')).includes('Force=true')) return 'Argo CD deletes and recreates it';
  if (of('kustomize.toolkit.fluxcd.io/force').toLowerCase() === 'enabled') return 'Flux deletes and recreates it';
  return undefined;
}

/** Helm deletes a hook before it creates it again, unless another policy is stated. */
function isHookDeleted(policy: string): boolean {
  const policies = wordsOf(policy);
  return policies.length === 0 || policies.includes('before-hook-creation') || policies.includes('hook-succeeded');
}

function wordsOf(list: string): readonly string[] {
  return list.split(/[\s,]+/).filter((word) => word !== '');
}
