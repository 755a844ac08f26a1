/** The part of this zone that reads manifests and makes none: no cdk8s behind it, so that the command line needs none. */
export { Cursor } from './cursor.ts';
export { kindAndName, manifestSet } from './manifest-set.ts';
export type { ManifestObject, ManifestSet, PlacedManifest, PodContainer, PodTemplate } from './manifest-set.ts';
export { connectionsOf } from './connections.ts';
export { manifestFaults } from './checks/manifest-faults.ts';
export type { CheckOptions, ManifestFault } from './checks/check.ts';
export { dialsOf } from './checks/connections.ts';
export { backendsOf } from './checks/edge.ts';
export { podsBehind } from './checks/service-pods.ts';
export { rawEnv } from './checks/raw-env.ts';
export { isClusterScoped } from './resource-names.ts';
export { REQUIRED_SECRETS_KEY, REQUIRED_SECRETS_LABEL, requiredSecretsOf } from './required-secret-list.ts';
export type { RequiredKey, RequiredSecret, SecretOrigin } from './required-secret-list.ts';
