export * from './servers/index.ts';
export { ManagedProcess } from './managed-process.ts';
export type { ProcessEnd, ProcessPlan } from './managed-process.ts';
