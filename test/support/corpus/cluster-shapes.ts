/** Rights, classes, quotas, definitions and policies, in the ways in which people write them. */
import { untilEstablished } from '../cluster/field-change-case.ts';
import { definition } from '../cluster/sample-objects.ts';
import { field, METADATA, named } from './workload-shapes.ts';
import type { Choice, Shape } from './shape.ts';

const RBAC = 'rbac.authorization.k8s.io';
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: 'view' };
const account = { kind: 'ServiceAccount', name: 'somebody', namespace: 'default' };
const ROLE: readonly Choice[] = [
  ...METADATA,
  field(
    'rules',
    [],
    [{ ...rules[0], resourceNames: [] }],
    [{ apiGroups: ['apps', ''], resources: ['pods', 'deployments'], verbs: ['get', 'list', 'watch'] }],
    [{ ...rules[0], resourceNames: ['a'] }],
  ),
];
const BINDING: readonly Choice[] = [
  ...METADATA,
  field('roleRef', { kind: 'ClusterRole', name: 'view' }, { ...roleRef, name: 'edit' }, { ...roleRef, apiGroup: '' }),
  field(
    'subjects',
    [],
    [{ kind: 'User', name: 'u' }],
    [{ kind: 'User', name: 'u', apiGroup: RBAC }],
    [
      { kind: 'Group', name: 'g' },
      { ...account, apiGroup: '' },
    ],
  ),
];
const clientConfig = { service: { name: 's', namespace: 'default' } };
const webhookRule = { apiGroups: ['example.org'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['none'] };
const webhook = { name: 'a.example.org', sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig };
const WEBHOOKS: readonly Choice[] = [
  ...METADATA,
  field(
    'webhooks',
    [{ ...webhook, rules: [webhookRule] }],
    [{ ...webhook, rules: [{ ...webhookRule, scope: '*' }], failurePolicy: 'Fail', matchPolicy: 'Equivalent' }],
    [{ ...webhook, rules: [webhookRule], timeoutSeconds: 5, namespaceSelector: { matchLabels: { a: 'b' } } }],
    [
      {
        ...webhook,
        rules: [webhookRule],
        clientConfig: { service: { ...clientConfig.service, port: 443, path: '/a' } },
      },
    ],
    [{ ...webhook, rules: [webhookRule], clientConfig: { url: 'https://a.example/x' } }],
  ),
];
const matchConstraints = { resourceRules: [webhookRule] };
const validations = [{ expression: 'true' }];

/** All of them. */
export const CLUSTER_SHAPES: readonly Shape[] = [
  { title: 'Role', object: named(`${RBAC}/v1`, 'Role', { rules }), choices: ROLE },
  {
    title: 'ClusterRole',
    object: named(`${RBAC}/v1`, 'ClusterRole', { rules }),
    choices: [
      ...ROLE,
      field('aggregationRule', { clusterRoleSelectors: [{ matchLabels: { none: 'such' } }] }).slice(0, 1),
    ],
  },
  {
    title: 'RoleBinding',
    object: named(`${RBAC}/v1`, 'RoleBinding', { roleRef, subjects: [account] }),
    choices: BINDING,
  },
  {
    title: 'ClusterRoleBinding',
    object: named(`${RBAC}/v1`, 'ClusterRoleBinding', { roleRef, subjects: [account] }),
    choices: BINDING,
  },
  {
    title: 'ServiceAccount',
    object: named('v1', 'ServiceAccount', {}),
    choices: [
      ...METADATA,
      field('automountServiceAccountToken', true, false),
      field('imagePullSecrets', [], [{ name: 'pull' }]),
      field('secrets', [], [{ name: 's' }]),
    ],
  },
  {
    title: 'ResourceQuota',
    object: named('v1', 'ResourceQuota', { spec: { hard: { pods: 10 } } }),
    choices: [
      field(
        'spec.hard',
        { pods: '10' },
        { cpu: '0.5', 'requests.memory': '1024Mi' },
        { cpu: '500m', 'requests.memory': '1Gi' },
        {},
      ),
      field('spec.scopes', [], ['BestEffort']),
      field('spec.scopeSelector', { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] }),
    ],
  },
  {
    title: 'LimitRange',
    object: named('v1', 'LimitRange', { spec: { limits: [] } }),
    choices: [
      field(
        'spec.limits',
        [{ type: 'Container', default: { cpu: '0.5' } }],
        [{ type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '500m' } }],
        [{ type: 'Container', max: { memory: '1Gi' }, min: { memory: '10Mi' } }],
        [{ type: 'Container', min: { cpu: '10m' } }],
        [{ type: 'Pod', max: { cpu: 2 } }],
        [{ type: 'PersistentVolumeClaim', min: { storage: '1Gi' } }],
      ),
    ],
  },
  {
    title: 'PriorityClass',
    object: named('scheduling.k8s.io/v1', 'PriorityClass', { value: 10 }),
    choices: [
      ...METADATA,
      field('value', 11),
      field('preemptionPolicy', 'PreemptLowerPriority', 'Never'),
      field('globalDefault', false),
      field('description', '', 'for all'),
    ],
  },
  {
    title: 'RuntimeClass',
    object: named('node.k8s.io/v1', 'RuntimeClass', { handler: 'runc' }),
    choices: [
      ...METADATA,
      field('handler', 'runsc'),
      field('overhead', { podFixed: { cpu: '0.1' } }, { podFixed: { cpu: '100m' } }),
      field('scheduling', { nodeSelector: { a: 'b' } }, { tolerations: [] }),
    ],
  },
  {
    title: 'Namespace',
    object: named('v1', 'Namespace', {}),
    choices: [...METADATA, field('spec', {}, { finalizers: ['kubernetes'] })],
  },
  {
    title: 'CustomResourceDefinition',
    object: (name) => definition(`C${name.replace(/[^a-z0-9]/g, '')}`),
    choices: [
      field('spec.conversion', { strategy: 'None' }),
      field('spec.scope', 'Cluster'),
      field('spec.names.shortNames', [], ['cc']),
      field('spec.preserveUnknownFields', false),
      field(
        'spec.versions',
        [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object' } },
            subresources: { status: {} },
          },
        ],
        [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                description: '',
                properties: { spec: { type: 'object', default: {} } },
              },
            },
          },
        ],
        [{ name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
        [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object' } },
            additionalPrinterColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
          },
        ],
      ),
    ],
    settled: untilEstablished,
  },
  {
    title: 'ValidatingWebhookConfiguration',
    object: named('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {}),
    choices: WEBHOOKS,
  },
  {
    title: 'MutatingWebhookConfiguration',
    object: named('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', {}),
    choices: [...WEBHOOKS, field('webhooks', [{ ...webhook, rules: [webhookRule], reinvocationPolicy: 'IfNeeded' }])],
  },
  {
    title: 'ValidatingAdmissionPolicy',
    object: named('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', {
      spec: { matchConstraints, validations },
    }),
    choices: [
      ...METADATA,
      field('spec.failurePolicy', 'Fail', 'Ignore'),
      field('spec.matchConditions', [], [{ name: 'a', expression: 'true' }]),
      field('spec.variables', [], [{ name: 'a', expression: '1' }]),
      field('spec.validations', [{ expression: 'true', message: '' }], [{ expression: 'false', reason: 'Invalid' }]),
    ],
  },
  {
    title: 'ValidatingAdmissionPolicyBinding',
    object: named('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', {
      spec: { policyName: 'none', validationActions: ['Deny'] },
    }),
    choices: [
      field('spec.matchResources', {}, { namespaceSelector: { matchLabels: { a: 'b' } } }),
      field('spec.validationActions', ['Warn', 'Audit']),
    ],
  },
  {
    title: 'Lease',
    object: named('coordination.k8s.io/v1', 'Lease', { spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } }),
    choices: [field('spec', {}, { holderIdentity: '', leaseDurationSeconds: 15 }, { holderIdentity: 'b' })],
  },
  {
    title: 'FlowSchema',
    object: named('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', {
      spec: { priorityLevelConfiguration: { name: 'global-default' } },
    }),
    choices: [
      field('spec.matchingPrecedence', 1000, 9000),
      field('spec.distinguisherMethod', { type: 'ByUser' }),
      field(
        'spec.rules',
        [],
        [
          {
            subjects: [{ kind: 'Group', group: { name: 'none' } }],
            resourceRules: [{ apiGroups: [''], namespaces: ['*'], resources: ['pods'], verbs: ['get'] }],
          },
        ],
      ),
    ],
  },
  {
    title: 'PriorityLevelConfiguration',
    object: named('flowcontrol.apiserver.k8s.io/v1', 'PriorityLevelConfiguration', {
      spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
    }),
    choices: [
      field(
        'spec.limited',
        {
          nominalConcurrencyShares: 30,
          limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
        },
        { lendablePercent: 0, limitResponse: { type: 'Queue', queuing: { queues: 64 } } },
        { nominalConcurrencyShares: 0, limitResponse: { type: 'Reject' } },
      ),
    ],
  },
  {
    title: 'ResourceClaimTemplate',
    object: named('resource.k8s.io/v1', 'ResourceClaimTemplate', {
      spec: { spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example.org' } }] } } },
    }),
    choices: [
      field(
        'spec.spec.devices.requests',
        [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example.org', allocationMode: 'ExactCount', count: 1 } }],
        [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example.org', count: 2 } }],
      ),
      field('spec.metadata', {}, { labels: { a: 'b' } }),
    ],
  },
];
