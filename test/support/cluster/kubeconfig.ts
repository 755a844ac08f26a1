import { writeFileSync } from 'node:fs';
import type { KubeAccess } from './kube-api.ts';

/** Writes a kubeconfig by which `kubectl` reaches an API server with a token. */
export function writeKubeconfig(file: string, access: KubeAccess, namespace?: string): void {
  write(file, access, { token: access.token }, namespace);
}

/** Writes one in which an administrator acts as a ServiceAccount, which need not exist. */
export function writeImpersonation(
  file: string,
  access: KubeAccess,
  { namespace, account }: { readonly namespace: string; readonly account: string },
): void {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const as = { as: `system:serviceaccount:${namespace}:${account}`, 'as-groups': groups };
  write(file, access, { token: access.token, ...as }, namespace);
}

/** JSON is YAML. */
function write(file: string, { url, ca }: KubeAccess, user: object, namespace: string | undefined): void {
  const name = 'test-cluster';
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) } }],
  };
  writeFileSync(file, JSON.stringify(kubeconfig), { mode: 0o600 });
}
