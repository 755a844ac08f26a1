/** Objects that their tool deletes and creates again, so that no change of them is refused. */
import type { ManifestObject } from '#manifests';

/** Who creates an object again at each deployment, in words; undefined for one that is changed where it is. */
export function recreatedBy({ root, name }: ManifestObject): string | undefined {
  if (name === '' && root.at('metadata', 'generateName').exists)
    return 'every create generates a new name (generateName)';
  const annotations = root.at('metadata', 'annotations');
  const of = (key: string): string => annotations.at(key).text ?? '';
  if (of('helm.sh/hook') !== '') return 'Helm deletes and recreates the hook';
  if (of('argocd.argoproj.io/hook') !== '') return 'Argo CD deletes and recreates the hook';
  const options = of('argocd.argoproj.io/sync-options').split(/[\s,]+/);
  if (options.includes('Replace=true') || options.includes('Force=true')) return 'Argo CD replaces it';
  if (of('kustomize.toolkit.fluxcd.io/force').toLowerCase() === 'enabled') return 'Flux deletes and recreates it';
  return undefined;
}
