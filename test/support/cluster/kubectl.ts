import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ClusterAddress } from './cluster.ts';

/** What a run of a program came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How `kubectl` is run. */
export interface KubectlOptions {
  /** Program. @default - the one that was built with the API server */
  readonly program?: string;
  /** kubeconfig. @default - the administrator's */
  readonly kubeconfig?: string;
  /** Given to its standard input; objects are written as JSON, which is YAML. */
  readonly input?: string | object;
}

/** Runs `kubectl` against a test cluster; never rejects because it failed. */
export async function kubectl(
  cluster: ClusterAddress,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<Outcome> {
  const { program = cluster.programs.kubectl, kubeconfig = cluster.kubeconfig, input } = options;
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(cluster.folder, 'kubectl-cache'),
    KUBECTL_KUBERC: 'false',
  };
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(typeof input === 'object' ? JSON.stringify(input) : (input ?? ''));
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: (code as number | null) ?? -1, stdout, stderr };
}

/** Runs `kubectl` and gives its output; rejects with what it said when it failed. */
export async function kubectlOutput(
  cluster: ClusterAddress,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await kubectl(cluster, args, options);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}
