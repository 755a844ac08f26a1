/** Names of the cluster's classes that objects ask for. */
import type { ManifestSet } from './manifest-set.ts';

/** Classes by kind, each name once. */
export interface ClassReferences {
  readonly ingressClasses: readonly string[];
  readonly storageClasses: readonly string[];
  readonly gatewayClasses: readonly string[];
  readonly priorityClasses: readonly string[];
}

/** Kinds whose objects may name a class. */
export const CLASS_USERS: ReadonlySet<string> = new Set([
  'Ingress',
  'Gateway',
  'PersistentVolumeClaim',
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);

/** The classes that the objects of a set ask for. */
export function classReferences(set: ManifestSet): ClassReferences {
  const roots = set.objects.map(({ root }) => root);
  const values = (...path: readonly string[]) => roots.map((root) => root.along(path).text);
  const claims = roots.flatMap((root) => root.at('spec', 'volumeClaimTemplates').items);
  return {
    ingressClasses: distinctNames(values('spec', 'ingressClassName')),
    storageClasses: distinctNames([
      ...values('spec', 'storageClassName'),
      ...claims.map((claim) => claim.at('spec', 'storageClassName').text),
    ]),
    gatewayClasses: distinctNames(values('spec', 'gatewayClassName')),
    priorityClasses: distinctNames(set.pods.map(({ spec }) => spec.at('priorityClassName').text)),
  };
}

/** The names that are there, each once and sorted. */
export function distinctNames(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
