export { readConfig, type ProcessEnvironment } from './config.ts';
export { looksLikeCredential } from './credential.ts';
export type { EnvEntry, EnvEntrySource, GivenValues } from './entry.ts';
export type { EnvFrom } from './env-from.ts';
export {
  expandArguments,
  expandContainerEnv,
  expandProbeCommand,
  expandValue,
  type ContainerEnv,
  type ExpandedEnv,
  type LeftReference,
  type RawEnv,
} from './expansion.ts';
export * from './fault.ts';
export { envFaults } from './faults.ts';
export { envOrder, orderEnv, type EnvOrder, type Orderable } from './order.ts';
export { orderFaults } from './order-faults.ts';
export type { EnvFaultsContext } from './reference-faults.ts';
export { renderEnv, tryRenderEnv, type RenderedEnv } from './rendering.ts';
export { runtimeEnv, type RuntimeEnv, type RuntimeStores } from './runtime-env.ts';
export { referencesOf, scan, type Token } from './scanner.ts';
export * from './variable.ts';
