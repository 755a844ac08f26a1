/** Brings a folder of manifests into a cluster by kubectl: preflight, apply, wait, checks, prune, undo. */
export type { DeployOptions } from './deploy-options.ts';
export { durationMs } from './duration.ts';
export { EXIT } from './exit-codes.ts';
export { kubeconfigText, makeKubeconfig, writeKubeconfig } from './kubeconfig.ts';
export type { KubeconfigOptions } from './kubeconfig.ts';
export { jsonReport, textReport } from './report/report.ts';
export { deploy } from './run.ts';
