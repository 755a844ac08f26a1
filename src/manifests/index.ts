/**
 * Reads manifests and makes none, with no cdk8s behind it: what the constructs' checks, the command line and the local
 * runner all look names up in. A *manifest* is one Kubernetes object in YAML; a *set* is several
 * that are applied together; a *cursor* is a place inside one that nobody has vouched for yet.
 */
export { Cursor } from './cursor.ts';
export { kindAndName, manifestSet } from './manifest-set.ts';
export type { ManifestObject, ManifestSet, PlacedManifest, PodContainer, PodTemplate } from './manifest-set.ts';
export { connectionsOf } from './connections.ts';
export type { ClusterNames, Connection } from './connections.ts';
export { containerConnections } from './container-connections.ts';
export { manifestFaults, POLICY_RULES, refusalFaults, setFaults } from './checks/manifest-faults.ts';
export { MOST_ROUTE_RULES } from './checks/edge-limits.ts';
export { WORKLOAD_LABEL } from './checks/microservices.ts';
export { isSilenced, SILENCE_ANNOTATION } from './checks/silence.ts';
export type { CheckRule } from './checks/check-rule.ts';
export { scheduleProblem } from './checks/schedules.ts';
export type { CheckOptions, KnownSecret, ManifestFault, NodeRoom } from './checks/check.ts';
export { dialsOf, targetsOf } from './dials.ts';
export type { Dial } from './dials.ts';
export { backendsOf, publicHosts } from './backends.ts';
export { ciliumLetsIn } from './edge-controllers.ts';
export { letsTheEdgeIn, passageOf, policiesOn, portOf } from './network-rules.ts';
export { containerPorts, podsBehind, targetPort } from './service-pods.ts';
export { openingsOf } from './network-openings.ts';
export type { Opening } from './network-openings.ts';
export { envSources, rawEnv } from './raw-env.ts';
export { imageReferenceFault, postgresMajor } from './image.ts';
export { cidrFault } from './cidr.ts';
export { isHost } from './host.ts';
export { natsUsers } from './nats-users.ts';
export type { NatsUser } from './nats-users.ts';
export { amountOf, bytesOf, QUANTITY_FACTORS } from './quantity.ts';
export { storedGroup } from './stored/kind-types.ts';
export { appliedPair, isBuiltIn, keepsAccount } from './stored/stored-object.ts';
export { isClusterScoped, resourceOf } from './resource-names.ts';
export {
  REQUIRED_SECRETS_KEY,
  REQUIRED_SECRETS_LABEL,
  requiredSecrets,
  requiredSecretsOf,
  type ListsByText,
} from './required-secret-list.ts';
export type { RequiredKey, RequiredSecret, SecretOrigin, SecretOrigins } from './required-secret-list.ts';
export { brokenForms, SECRET_FORMS } from './secret-forms.ts';
export type { SecretForm } from './secret-forms.ts';
export { secretReferences } from './secret-references.ts';
export { CLASS_USERS, classReferences, distinctNames } from './class-references.ts';
export { clusterReads, deployerRights, KEPT_KINDS } from './deployer-rights.ts';
export type { AppliedKind, DeployTool, Right, RightsInput } from './deployer-rights.ts';
