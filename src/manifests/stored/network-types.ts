/** What is about the network, as the API server stores it. */
import type { Data, StoredType } from './stored-type.ts';
import { dataAt } from './workload-types.ts';

const SELECTOR: StoredType = { fields: { matchLabels: { map: 'texts' } } };

export const SERVICE: StoredType = {
  fields: {
    spec: {
      fill: serviceSpec,
      defaults: { type: 'ClusterIP', sessionAffinity: 'None' },
      fields: {
        selector: { map: 'texts' },
        ports: {
          fill: (port) => ({ ...port, targetPort: port['targetPort'] || port['port'] }),
          defaults: { protocol: 'TCP' },
        },
      },
    },
  },
};

function serviceSpec(spec: Data): Data {
  const type = spec['type'] || 'ClusterIP';
  const isOutside = type === 'NodePort' || type === 'LoadBalancer' || listed(spec['externalIPs']);
  const { sessionAffinityConfig, ...rest } = spec;
  const affinity = dataAt(dataAt({ sessionAffinityConfig }, 'sessionAffinityConfig'), 'clientIP')?.['timeoutSeconds'];
  return {
    ...rest,
    ...(isOutside ? { externalTrafficPolicy: spec['externalTrafficPolicy'] || 'Cluster' } : {}),
    ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: spec['internalTrafficPolicy'] || 'Cluster' }),
    ...(type === 'LoadBalancer'
      ? { allocateLoadBalancerNodePorts: spec['allocateLoadBalancerNodePorts'] ?? true }
      : {}),
    ...(spec['sessionAffinity'] === 'ClientIP'
      ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: affinity ?? 10800 } } }
      : {}),
    ...(spec['clusterIP'] === 'None' ? { clusterIPs: ['None'] } : {}),
  };
}

function listed(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

const NETWORK_POLICY_PORT: StoredType = { defaults: { protocol: 'TCP' } };
export const NETWORK_POLICY: StoredType = {
  fields: {
    spec: {
      fill: (spec) => ({
        ...spec,
        podSelector: spec['podSelector'] ?? {},
        policyTypes: listed(spec['policyTypes'])
          ? spec['policyTypes']
          : ['Ingress', ...(listed(spec['egress']) ? ['Egress'] : [])],
      }),
      fields: {
        podSelector: SELECTOR,
        ingress: { fields: { ports: NETWORK_POLICY_PORT } },
        egress: { fields: { ports: NETWORK_POLICY_PORT } },
      },
    },
  },
};

/** networking.k8s.io/v1 names Service and port of a backend in another way than the betas before it did. */
function ingressBackend(backend: Data): Data {
  const { serviceName: name, servicePort: port, ...rest } = backend;
  if (name === undefined) return backend;
  return { ...rest, service: { name, port: typeof port === 'number' ? { number: port } : { name: port } } };
}

export const INGRESS: StoredType = {
  fields: {
    spec: {
      respell: ({ backend, ...spec }) => (backend === undefined ? spec : { ...spec, defaultBackend: backend }),
      pointers: ['ingressClassName'],
      fields: {
        defaultBackend: { respell: ingressBackend },
        rules: {
          fields: {
            http: {
              fields: {
                paths: {
                  defaults: { pathType: 'ImplementationSpecific' },
                  fields: { backend: { respell: ingressBackend } },
                },
              },
            },
          },
        },
      },
    },
  },
};

export const ENDPOINT_SLICE: StoredType = {
  fields: {
    endpoints: { fields: { conditions: { emptyIsAbsent: true } } },
    ports: { defaults: { name: '', protocol: 'TCP' }, pointers: ['name'] },
  },
};

/** The CRDs of the Gateway API state their defaults in their schemas. */
export const ROUTE: StoredType = {
  fields: {
    spec: {
      fields: {
        parentRefs: { defaults: { group: 'gateway.networking.k8s.io', kind: 'Gateway' } },
        rules: {
          fill: (rule) => (listed(rule['matches']) ? rule : { ...rule, matches: [{}] }),
          fields: {
            backendRefs: { defaults: { group: '', kind: 'Service', weight: 1 }, pointers: ['group', 'weight'] },
            matches: { defaults: { path: {} }, fields: { path: { defaults: { type: 'PathPrefix', value: '/' } } } },
          },
        },
      },
    },
  },
};
export const GATEWAY: StoredType = {
  fields: {
    spec: {
      fields: {
        listeners: {
          defaults: { allowedRoutes: {} },
          fields: {
            allowedRoutes: { defaults: { namespaces: { from: 'Same' } } },
            tls: {
              defaults: { mode: 'Terminate' },
              fields: { certificateRefs: { defaults: { group: '', kind: 'Secret' }, pointers: ['group'] } },
            },
          },
        },
      },
    },
  },
};
