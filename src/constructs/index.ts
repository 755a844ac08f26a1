/** Public names of the constructs; `src/index.ts` publishes every one of them. */
export { AdmissionPolicy } from './admission-policy.ts';
export type { AdmissionPolicyProps } from './admission-policy.ts';
export { ApiGateway } from './api-gateway.ts';
export type { ApiGatewayProps, ParentGateway } from './api-gateway.ts';
export { Deployer } from './deployer.ts';
export type { DeployerProps, DeployerSubject } from './deployer.ts';
export type { DeployTool, Right } from '#manifests';
export { declareEdge, Edge } from './edge/edge.ts';
export type { CiliumPeer, EdgeNamespace, EdgePeer } from './edge/edge.ts';
export { K3S_TRAEFIK } from './edge/edge-peer.ts';
export type { GatewayRoute, ResolvedRoute, RoutedService } from './edge/gateway-routes.ts';
export type { IngressController } from './edge/ingress-timeouts.ts';
export { K3sTraefik } from './k3s-traefik.ts';
export type { K3sTraefikProps } from './k3s-traefik.ts';
export { PlatformNamespace } from './platform-namespace.ts';
export type { PlatformNamespaceProps } from './platform-namespace.ts';
export { RequiredSecrets } from './required-secrets.ts';
export type { RequiredSecretsProps } from './required-secrets.ts';
export {
  connectionsOf,
  manifestFaults,
  REQUIRED_SECRETS_KEY,
  REQUIRED_SECRETS_LABEL,
  requiredSecrets,
} from '#manifests';
export type {
  CheckOptions,
  CheckRule,
  ClusterNames,
  Connection,
  KnownSecret,
  ListsByText,
  ManifestFault,
  NodeRoom,
  PlacedManifest,
  RequiredKey,
  RequiredSecret,
  SecretForm,
  SecretOrigin,
  SecretOrigins,
} from '#manifests';
export { WebFrontend } from './web-frontend.ts';
export type { WebFrontendProps } from './web-frontend.ts';
export type { WebSetting } from './edge/web-server-config.ts';
export { NatsServer } from './nats-server.ts';
export { NATS_IMAGE, NATS_RELOADER_IMAGE } from './nats/settings.ts';
export type { NatsServerProps } from './nats/settings.ts';
export type { ExternalNats, ExternalNatsProps } from './nats-external.ts';
export { natsConfig, natsConfigFiles } from './nats/config.ts';
export type {
  NatsAccountConfig,
  NatsCluster,
  NatsConfigProps,
  NatsUser,
  NatsUserPermissions,
  SubjectRules,
} from './nats/config.ts';
export type { NatsServiceUser } from './nats/users.ts';
export { Redis } from './redis.ts';
export { REDIS_IMAGE } from './redis/settings.ts';
export type { RedisProps } from './redis/settings.ts';
export type { ExternalRedis, ExternalRedisProps } from './redis-external.ts';
export { redisAclScript, redisConfig } from './redis/acl.ts';
export type { RedisConfigProps, RedisEvictionPolicy, RedisUser } from './redis/acl.ts';
export type { RedisServiceUser } from './redis/users.ts';
export { Postgres } from './postgres.ts';
export { POSTGRES_IMAGE } from './postgres/settings.ts';
export type { PostgresBackup, PostgresProps } from './postgres/settings.ts';
export { PostgresBackupJob } from './postgres-backup.ts';
export type { PostgresBackupJobProps } from './postgres-backup.ts';
export type { ExternalPostgres, ExternalPostgresProps } from './postgres-external.ts';
export { postgresAccess, postgresConfig, postgresReconcileScript } from './postgres/config.ts';
export type { PostgresConfigProps } from './postgres/config.ts';
export { postgresRolesSql } from './postgres/roles.ts';
export type { PostgresTls } from './postgres/url.ts';
export type { PostgresRole, PostgresRolesProps } from './postgres/roles.ts';
export type { PostgresServiceRole } from './postgres/services.ts';
export type { ServiceLogin } from './store/service-login.ts';
export { egressTo, type EgressRule } from './store/endpoint.ts';
export type { StoreEndpoint } from './store/endpoint.ts';
export type { ExternalEndpointProps } from './store/external.ts';
export type { CertificateSource, ClientTls } from './store/client-tls.ts';
export type { AddressPeer, NetworkPeer, PodPeer } from './store/policy.ts';
export type { ContainerResources, ResourceQuantities } from './object/container-resources.ts';
export { NatsCronJob } from './nats-cron-job.ts';
export type { NatsCronJobProps } from './nats-cron-job.ts';
export { NatsJob } from './nats-job.ts';
export type { NatsJobProps } from './nats-job.ts';
export { NatsMicroservice } from './nats-microservice.ts';
export { NatsWorker } from './nats-worker.ts';
export type { NatsWorkerProps } from './nats-worker.ts';
export type { CronOptions, JobOptions } from './microservice/shape.ts';
export type { NatsMicroserviceProps, RunningPodProps, ServicePodProps } from './microservice/props.ts';
export type {
  Affinity,
  LabelRequirement,
  NodeAffinity,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
} from './microservice/affinity.ts';
export type {
  Autoscaling,
  ExternalMetric,
  ObjectMetric,
  PodsMetric,
  ScalingMetric,
  ScalingRules,
} from './microservice/autoscaling.ts';
export type { StoreUrl } from './microservice/env.ts';
export type { ExtraContainer, InitContainer } from './microservice/container.ts';
export type { LifecycleHook, PodOptions, Toleration, TopologySpread } from './microservice/pod-options.ts';
export type { EgressTarget, IngressSource } from './microservice/policy.ts';
export type { ExtraPort } from './microservice/ports.ts';
export type { ExecProbe, ProbeChoice, ProbeOptions, Probes } from './microservice/probes.ts';
export type { DisruptionBudget, PodCount } from './microservice/replicas.ts';
export type { ManifestPatch, PatchedKind } from './object/manifest-patch.ts';
export type {
  AccessMode,
  ClaimVolume,
  ConfigMapVolume,
  CsiVolume,
  EmptyDirVolume,
  FileKeys,
  MicroserviceVolume,
  MountedVolume,
  NewClaimVolume,
  ProjectedSource,
  ProjectedVolume,
  SecretVolume,
} from './microservice/volumes.ts';
export type { NamedObject } from './object/named-object.ts';
export { addManifestChecks, ManifestChecks } from './manifest-checks.ts';
export type { ManifestChecksProps } from './manifest-checks.ts';
export { silenceRules } from './object/silenced-rules.ts';
