/** Names of the cluster's classes that objects ask for. */
import type { ManifestSet } from './manifest-set.ts';

/** Classes by kind, each name once. */
export interface ClassReferences {
  readonly ingressClasses: readonly string[];
  readonly storageClasses: readonly string[];
  readonly gatewayClasses: readonly string[];
}

/** Kinds whose objects may name a class. */
export const CLASS_USERS: ReadonlySet<string> = new Set(['Ingress', 'Gateway', 'PersistentVolumeClaim', 'StatefulSet']);

/** The classes that the objects of a set ask for. */
export function classReferences(set: ManifestSet): ClassReferences {
  const roots = set.objects.map(({ root }) => root);
  const values = (...path: readonly string[]) => roots.map((root) => root.along(path).text);
  const claims = roots.flatMap((root) => root.at('spec', 'volumeClaimTemplates').items);
  return {
    ingressClasses: distinct(values('spec', 'ingressClassName')),
    storageClasses: distinct([
      ...values('spec', 'storageClassName'),
      ...claims.map((claim) => claim.at('spec', 'storageClassName').text),
    ]),
    gatewayClasses: distinct(values('spec', 'gatewayClassName')),
  };
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
