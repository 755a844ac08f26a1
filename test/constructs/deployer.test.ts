import { App, ApiObject, Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { ApiGateway, Deployer, PlatformNamespace, Redis, WebFrontend } from '#constructs';
import type { DeployTool, Right } from '#constructs';
import { look } from '#test-support/rendered';

const namespace = 'shop';

function deployer(tool: DeployTool, build: (chart: Chart) => void = () => undefined, deletes = false): Deployer {
  const app = new App();
  const made = new Deployer(new Chart(app, 'bootstrap', { namespace }), 'deployer', { tool, deletes });
  const chart = new Chart(app, 'app', { namespace });
  new WebFrontend(chart, 'web', { image: 'web:1', imagePullSecrets: ['pull'] });
  build(chart);
  return made;
}

function verbs(rights: readonly Right[], group: string, resource: string): readonly string[] {
  const rules = rights.filter((it) => it.apiGroups.includes(group) && it.resources.includes(resource));
  return [...new Set(rules.filter((it) => it.resourceNames === undefined).flatMap((it) => it.verbs))].sort();
}

describe('Deployer', () => {
  it('may apply exactly the kinds that are in the app, those made after it too', () => {
    const kinds = (made: Deployer) =>
      made
        .rights()
        .filter((rule) => rule.verbs.includes('create'))
        .flatMap((rule) => rule.resources)
        .sort();
    const plain = ['configmaps', 'deployments', 'networkpolicies', 'serviceaccounts', 'services'];
    expect(kinds(deployer('kubectl-server-side'))).toEqual(plain);
    const withIngress = deployer('kubectl-server-side', (chart) => {
      new ApiGateway(chart, 'edge', { routes: [], className: 'traefik', web: { name: 'web', port: 8080 } });
    });
    expect(kinds(withIngress)).toEqual([...plain, 'ingresses'].sort());
  });

  it.each(['kubectl-client-side', 'kubectl-server-side', 'helm'] as const)(
    'always has get, list and watch on replicasets and events, with %s',
    (tool) => {
      const rights = deployer(tool).rights();
      expect(verbs(rights, 'apps', 'replicasets')).toEqual(['get', 'list', 'watch']);
      expect(verbs(rights, '', 'events')).toEqual(['get', 'list', 'watch']);
      expect(verbs(rights, 'apps', 'deployments')).toEqual(expect.arrayContaining(['get', 'list', 'watch']));
    },
  );

  it('gives Helm watch on every kind and its release Secrets, and kubectl neither', () => {
    const helm = deployer('helm').rights();
    expect(verbs(helm, '', 'configmaps')).toEqual(['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']);
    expect(verbs(helm, '', 'secrets')).toEqual(['create', 'delete', 'get', 'list', 'update', 'watch']);
    const kubectl = deployer('kubectl-client-side').rights();
    expect(verbs(kubectl, '', 'configmaps')).toEqual(['create', 'get', 'patch']);
    expect(verbs(kubectl, '', 'secrets')).toEqual([]);
  });

  it('reads the required Secrets by name alone', () => {
    const rule = deployer('kubectl-server-side')
      .rights()
      .find((it) => it.resources.includes('secrets'));
    expect(rule).toEqual({ apiGroups: [''], resources: ['secrets'], resourceNames: ['pull'], verbs: ['get'] });
  });

  it('deletes only when asked, and never a claim', () => {
    const claim = (chart: Chart) => {
      new ApiObject(chart, 'claim', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' } });
    };
    expect(verbs(deployer('kubectl-server-side', claim).rights(), '', 'services')).not.toContain('delete');
    const rights = deployer('kubectl-server-side', claim, true).rights();
    expect(verbs(rights, '', 'services')).toContain('delete');
    expect(verbs(rights, '', 'persistentvolumeclaims')).not.toContain('delete');
  });

  it('lists every kind when it deletes, to find what the app no longer has', () => {
    expect(verbs(deployer('kubectl-server-side').rights(), '', 'services')).not.toContain('list');
    expect(verbs(deployer('kubectl-server-side', undefined, true).rights(), '', 'services')).toContain('list');
  });

  it('binds its account, and reads outside its namespace only the classes that are named', () => {
    const made = deployer('kubectl-server-side', (chart) => {
      new ApiGateway(chart, 'edge', { routes: [], className: 'traefik', web: { name: 'web', port: 8080 } });
      new Redis(chart, 'redis', { services: [], priorityClassName: 'stores' });
    });
    const objects = look(Testing.synth(Chart.of(made)) as unknown[]);
    expect(objects.object('RoleBinding/deployer').at('subjects').value).toEqual([
      { kind: 'ServiceAccount', name: 'deployer', namespace },
    ]);
    expect(objects.object('Role/deployer').at('rules').value).toEqual(made.rights());
    const clusterRole = objects.object('ClusterRole/shop-deployer');
    expect(clusterRole.at('metadata', 'namespace').exists).toBe(false);
    expect(clusterRole.at('rules').value).toEqual([
      { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], resourceNames: ['traefik'], verbs: ['get'] },
      { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], resourceNames: ['stores'], verbs: ['get'] },
    ]);
  });

  it('refuses objects that lie outside its namespace', () => {
    const made = deployer('kubectl-server-side', (chart) => {
      new PlatformNamespace(chart, 'other');
    });
    expect(() => Testing.synth(Chart.of(made)) as unknown).toThrow(
      /app\/other\/namespace is a cluster-scoped Namespace, but a deployer(.|\n)*app\/other\/default-deny is in the namespace other, not in shop/,
    );
  });

  it('refuses to be without a namespace', () => {
    expect(() => new Deployer(new Chart(new App(), 'bootstrap'), 'deployer', { tool: 'helm' })).toThrow(
      'bootstrap/deployer: the namespace is missing',
    );
  });
});
