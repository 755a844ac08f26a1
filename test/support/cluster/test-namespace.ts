import { afterAll, beforeAll } from 'vitest';
import { eventually } from '../eventually.ts';
import type { KubeApi } from './kube-api.ts';

/** Has the tests of a file run in a namespace of their own; the connection is closed after them. */
export function useNamespace(api: KubeApi, name: string): void {
  beforeAll(async () => {
    await api.apply(`/api/v1/namespaces/${name}`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    // a Pod is admitted once its account is there
    await eventually(async () => void (await api.get(`/api/v1/namespaces/${name}/serviceaccounts/default`)));
  });
  afterAll(async () => {
    await api.delete(`/api/v1/namespaces/${name}`);
    api.close();
  });
}
