/** The library's public names: `cdk8s-nats`. */
export * from '#declare';
export { NATS_IMAGE, NATS_RELOADER_IMAGE, natsConfig, NatsServer } from '#constructs';
export type {
  ExternalNats,
  ExternalNatsProps,
  NatsCluster,
  NatsConfigProps,
  NatsServerProps,
  NatsServiceUser,
  NatsUser,
  NatsUserPermissions,
  SubjectRules,
} from '#constructs';
export { Redis, REDIS_IMAGE } from '#constructs';
export type {
  ExternalRedis,
  ExternalRedisProps,
  RedisEvictionPolicy,
  RedisProps,
  RedisServiceUser,
  RedisUser,
} from '#constructs';
export { Postgres, POSTGRES_IMAGE, PostgresBackupJob } from '#constructs';
export type {
  ExternalPostgres,
  ExternalPostgresProps,
  PostgresBackup,
  PostgresBackupJobProps,
  PostgresProps,
  PostgresRole,
  PostgresServiceRole,
} from '#constructs';
export { egressTo } from '#constructs';
export type {
  ContainerResources,
  ExternalEndpointProps,
  PodPeer,
  ResourceQuantities,
  ServiceLogin,
  StoreEndpoint,
} from '#constructs';
export { connectionsOf, NatsMicroservice } from '#constructs';
export type {
  AccessMode,
  Autoscaling,
  ClaimVolume,
  ClusterNames,
  ConfigMapVolume,
  Connection,
  EgressTarget,
  EmptyDirVolume,
  ExtraContainer,
  ManifestPatch,
  MicroserviceVolume,
  NamedObject,
  NatsMicroserviceProps,
  NewClaimVolume,
  PatchedKind,
  SecretVolume,
} from '#constructs';
