/** What an administrator does before the first deployment, and the account that the rest is done with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ClusterAddress } from './cluster.ts';
import { asAdministrator } from './deploy-command.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { kubectlOutput } from './kubectl.ts';

/** Applies dist/bootstrap, and what stands in its folders where they are named. */
export async function bootstrap(cluster: ClusterAddress, dist: string, folders: readonly string[] = []): Promise<void> {
  for (const folder of ['', ...folders]) {
    await kubectlOutput(cluster, ['apply', '--server-side', '-f', join(dist, 'bootstrap', folder)]);
  }
}

/** A kubeconfig of the account `deployer`, from a token of its own. */
export async function deployerKubeconfig(cluster: ClusterAddress, namespace: string): Promise<string> {
  const token = (await kubectlOutput(cluster, ['create', 'token', 'deployer', '--namespace', namespace])).trim();
  const file = join(cluster.folder, `deployer-${namespace}.kubeconfig`);
  writeKubeconfig(file, { ...cluster.access, token }, namespace);
  return file;
}

/** Makes every Secret that the list of dist asks for, with throw-away values. */
export async function makeRequiredSecrets(cluster: ClusterAddress, dist: string, namespace: string): Promise<void> {
  const args = ['create', '--dry-run=client', '-o', 'json', '-f', join(dist, '00-required-secrets.yaml')];
  const list = JSON.parse(await kubectlOutput(cluster, args)) as { readonly data: { readonly 'secrets.yaml': string } };
  for (const { name, type, keys } of parse(list.data['secrets.yaml']) as readonly RequiredSecret[]) {
    const stringData = Object.fromEntries(keys.map(({ key }) => [key, valueOf(key)]));
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type, stringData };
    await kubectlOutput(cluster, ['apply', '--server-side', '-f', '-'], { input: secret });
  }
}

/** Makes those of them that are missing, by the command of the library. */
export async function generateRequiredSecrets(cluster: ClusterAddress, dist: string): Promise<void> {
  const flags = Object.entries(GIVEN).flatMap(([key, value], index) => {
    const file = join(cluster.folder, `given-${index}`);
    writeFileSync(file, value);
    return ['--given', `${key}=${file}`];
  });
  await asAdministrator(cluster, 'src/cli/main.ts', ['secrets', 'generate', '--apply', dist, ...flags]);
}

/** What nobody can make up: the registry gives the one, the authority the others. */
const GIVEN: Readonly<Record<string, string>> = {
  'registry-credentials/.dockerconfigjson': '{"auths":{}}',
  'video-tls/tls.crt': 'throw-away',
  'video-tls/tls.key': 'throw-away',
};

interface RequiredSecret {
  readonly name: string;
  readonly type: string;
  readonly keys: readonly { readonly key: string }[];
}

/** The API server looks into two types of Secret: of registries it wants JSON, of TLS any text. */
function valueOf(key: string): string {
  if (key === '.dockerconfigjson') return JSON.stringify({ auths: {} });
  return 'throw-away';
}
