import { ApiObject } from 'cdk8s';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { RequiredSecrets, requiredSecrets } from '#constructs';
import { rendered } from '#test-support/rendered';

function deployment(name: string, spec: object): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: { template: { spec } },
  };
}

const secretEnv = (name: string, key: string, optional?: boolean) => ({
  name: key.toUpperCase(),
  valueFrom: { secretKeyRef: { name, key, ...(optional === undefined ? {} : { optional }) } },
});

describe('requiredSecrets', () => {
  it('finds keys in env of containers and init containers, with every reader once', () => {
    const list = requiredSecrets([
      deployment('b', { containers: [{ name: 'b', env: [secretEnv('s', 'pass'), secretEnv('s', 'pass')] }] }),
      deployment('a', { containers: [], initContainers: [{ name: 'i', env: [secretEnv('s', 'pass')] }] }),
    ]);
    expect(list).toEqual([
      {
        name: 's',
        namespace: 'shop',
        type: 'Opaque',
        keys: [{ key: 'pass', origin: 'password', optional: false, readers: ['Deployment/a', 'Deployment/b'] }],
        readers: [],
      },
    ]);
  });

  it('finds Secrets in envFrom, volumes, projected volumes, pull secrets, service accounts and TLS', () => {
    const list = requiredSecrets([
      deployment('a', {
        containers: [{ name: 'a', envFrom: [{ secretRef: { name: 'from-env' } }] }],
        volumes: [
          { name: 'v', secret: { secretName: 'volume', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { name: 'p', projected: { sources: [{ secret: { name: 'projected' } }] } },
        ],
        imagePullSecrets: [{ name: 'pull' }],
      }),
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'x' },
        imagePullSecrets: [{ name: 'account-pull' }],
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'e' },
        spec: { tls: [{ secretName: 'tls' }] },
      },
    ]);
    expect(list.map(({ name, type, keys }) => [name, type, keys.map((it) => it.key)])).toEqual([
      ['account-pull', 'kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
      ['tls', 'kubernetes.io/tls', ['tls.crt', 'tls.key']],
      ['from-env', 'Opaque', []],
      ['projected', 'Opaque', []],
      ['pull', 'kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
      ['volume', 'Opaque', ['ca.crt']],
    ]);
  });

  it('calls a key optional only when every reader starts without it', () => {
    const both = [secretEnv('s', 'a', true), secretEnv('s', 'b', true)];
    const list = requiredSecrets([
      deployment('x', { containers: [{ name: 'x', env: both }] }),
      deployment('y', { containers: [{ name: 'y', env: [secretEnv('s', 'b')] }] }),
    ]);
    expect(list[0]?.keys.map(({ key, optional }) => [key, optional])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('survives manifests that are no objects at all', () => {
    expect(
      requiredSecrets([null, 5, 'x', { kind: 'Deployment', spec: { template: { spec: { containers: 7 } } } }]),
    ).toEqual([]);
  });
});

describe('RequiredSecrets', () => {
  it('writes the list of the app as YAML into a ConfigMap, also of what is built after it', () => {
    const config = rendered((chart) => {
      new RequiredSecrets(chart, 'secrets', { origins: { s: { key: 'ed25519-private-key' } } });
      new ApiObject(
        chart,
        'late',
        deployment('late', { containers: [{ name: 'c', env: [secretEnv('s', 'key')] }] }) as never,
      );
    }).object('ConfigMap/required-secrets');
    expect(parse(config.at('data', 'secrets.yaml').text ?? '')).toEqual([
      {
        name: 's',
        namespace: 'shop',
        type: 'Opaque',
        keys: [{ key: 'key', origin: 'ed25519-private-key', optional: false, readers: ['Deployment/late'] }],
        readers: [],
      },
    ]);
  });
});
