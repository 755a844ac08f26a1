/** Workloads, and what scales and guards them, as the API server stores them. */
import { CLAIM_SPEC, POD_TEMPLATE, QUANTITIES } from './pod-types.ts';
import type { Data, StoredType } from './stored-type.ts';

const SELECTOR: StoredType = { fields: { matchLabels: { map: 'texts' } } };
const METADATA: StoredType = { emptyIsAbsent: true };

/** Labels of the pod template in an object. */
function templateLabels(object: Data): Data | undefined {
  const spec = dataAt(object, 'spec');
  return dataAt(dataAt(dataAt(spec, 'template'), 'metadata'), 'labels');
}

/** Before apps/v1 the selector of a workload was the labels of its pods, unless it was stated. */
function selectingOwnLabels(object: Data): Data {
  const [spec, labels] = [dataAt(object, 'spec'), templateLabels(object)];
  const isOld = /^(?:extensions\/|apps\/v1beta)/.test(String(object['apiVersion']));
  if (!isOld || spec === undefined || labels === undefined || spec['selector'] !== undefined) return object;
  return { ...object, spec: { ...spec, selector: { matchLabels: labels } } };
}

const rollingUpdate = (figures: Data): StoredType => ({
  fill: (strategy) => {
    if ((strategy['type'] || 'RollingUpdate') !== 'RollingUpdate') return strategy;
    return { ...strategy, rollingUpdate: { ...figures, ...(strategy['rollingUpdate'] as Data | undefined) } };
  },
  defaults: { type: 'RollingUpdate' },
});

export const DEPLOYMENT: StoredType = {
  respell: selectingOwnLabels,
  fields: {
    spec: {
      defaults: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {} },
      fields: {
        selector: SELECTOR,
        strategy: rollingUpdate({ maxUnavailable: '25%', maxSurge: '25%' }),
        template: POD_TEMPLATE,
      },
    },
  },
};

export const DAEMON_SET: StoredType = {
  respell: selectingOwnLabels,
  fields: {
    spec: {
      defaults: { revisionHistoryLimit: 10, updateStrategy: {} },
      fields: {
        selector: SELECTOR,
        updateStrategy: rollingUpdate({ maxUnavailable: 1, maxSurge: 0 }),
        template: POD_TEMPLATE,
      },
    },
  },
};

export const REPLICA_SET: StoredType = {
  respell: selectingOwnLabels,
  fields: { spec: { defaults: { replicas: 1 }, fields: { selector: SELECTOR, template: POD_TEMPLATE } } },
};

export const STATEFUL_SET: StoredType = {
  respell: selectingOwnLabels,
  fields: {
    spec: {
      defaults: {
        replicas: 1,
        revisionHistoryLimit: 10,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: {},
        persistentVolumeClaimRetentionPolicy: {},
      },
      fields: {
        selector: SELECTOR,
        ordinals: { defaults: { start: 0 } },
        updateStrategy: { fill: statefulSetStrategy },
        persistentVolumeClaimRetentionPolicy: { defaults: { whenDeleted: 'Retain', whenScaled: 'Retain' } },
        template: POD_TEMPLATE,
        volumeClaimTemplates: { respell: claimTemplate, fields: { metadata: METADATA, spec: CLAIM_SPEC } },
      },
    },
  },
};

/** Only where the type is not stated does the server put figures beside it. */
function statefulSetStrategy(strategy: Data): Data {
  const isStated = (strategy['type'] ?? '') !== '';
  if (isStated && strategy['type'] !== 'RollingUpdate') return strategy;
  const figures = strategy['rollingUpdate'] as Data | undefined;
  if (isStated && figures === undefined) return strategy;
  return { ...strategy, type: 'RollingUpdate', rollingUpdate: { partition: 0, ...figures } };
}

/** A template is a claim whether it says so or not; its status is the server's. */
function claimTemplate({ status: _, ...template }: Data): Data {
  return { ...template, apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
}

export const REPLICATION_CONTROLLER: StoredType = {
  fill: (object) => {
    const [spec, labels] = [dataAt(object, 'spec') ?? {}, templateLabels(object)];
    if (labels === undefined) return object;
    return { ...withLabels(object, labels), spec: { ...spec, selector: dataAt(spec, 'selector') ?? labels } };
  },
  fields: { spec: { defaults: { replicas: 1 }, fields: { selector: { map: 'texts' }, template: POD_TEMPLATE } } },
};

/** Labels that the Job controller puts on its pods. */
const JOB_LABELS: ReadonlySet<string> = new Set([
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
]);

const JOB_SPEC: StoredType = {
  respell: withoutJobController,
  fill: jobFigures,
  defaults: {
    parallelism: 1,
    manualSelector: false,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  },
  fields: {
    selector: SELECTOR,
    template: POD_TEMPLATE,
    podFailurePolicy: { fields: { rules: { fields: { onPodConditions: { defaults: { status: 'True' } } } } } },
  },
};
/** What stands for no limit where each index has its own. */
const NO_LIMIT = 2 ** 31 - 1;

function withoutJobController(spec: Data): Data {
  const { selector, ...rest } = spec;
  const template = dataAt(spec, 'template') ?? {};
  const metadata = dataAt(template, 'metadata') ?? {};
  const labels = Object.entries(dataAt(metadata, 'labels') ?? {}).filter(([key]) => !JOB_LABELS.has(key));
  return {
    ...rest,
    // a selector is the server's, unless somebody asks for one of their own
    ...(spec['manualSelector'] === true ? { selector } : {}),
    ...('template' in spec
      ? { template: { ...template, metadata: { ...metadata, labels: Object.fromEntries(labels) } } }
      : {}),
  };
}

function jobFigures(spec: Data): Data {
  return {
    ...spec,
    ...(spec['completions'] === undefined && spec['parallelism'] === undefined ? { completions: 1 } : {}),
    ...('backoffLimitPerIndex' in spec ? { backoffLimit: spec['backoffLimit'] ?? NO_LIMIT } : {}),
    ...('podFailurePolicy' in spec ? { podReplacementPolicy: spec['podReplacementPolicy'] ?? 'Failed' } : {}),
  };
}

export const JOB: StoredType = {
  respell: (object) => {
    const metadata = dataAt(object, 'metadata');
    const labels = Object.entries(dataAt(metadata, 'labels') ?? {}).filter(([key]) => !JOB_LABELS.has(key));
    return metadata === undefined
      ? object
      : { ...object, metadata: { ...metadata, labels: Object.fromEntries(labels) } };
  },
  fill: (object) => {
    const labels = Object.entries(templateLabels(object) ?? {}).filter(([key]) => !JOB_LABELS.has(key));
    return labels.length === 0 ? object : withLabels(object, Object.fromEntries(labels));
  },
  fields: { spec: JOB_SPEC },
};

export const CRON_JOB: StoredType = {
  fields: {
    spec: {
      defaults: {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      },
      // the Job gets its own defaults when it is made
      fields: { jobTemplate: { fields: { metadata: METADATA, spec: { fields: JOB_SPEC.fields ?? {} } } } },
    },
  },
};

const SCALING = { selectPolicy: 'Max' } as const;
const METRIC: StoredType = {
  fields: Object.fromEntries(
    ['resource', 'containerResource', 'pods', 'object', 'external'].map((source) => [
      source,
      {
        fields: {
          target: { fields: { value: { quantity: true }, averageValue: { quantity: true } } },
          metric: { fields: { selector: SELECTOR } },
        },
      },
    ]),
  ),
};

export const AUTOSCALER: StoredType = {
  fields: {
    spec: {
      respell: autoscalerSpec,
      defaults: { minReplicas: 1 },
      fields: {
        metrics: METRIC,
        behavior: {
          defaults: { scaleUp: {}, scaleDown: {} },
          fields: {
            scaleUp: {
              defaults: {
                ...SCALING,
                stabilizationWindowSeconds: 0,
                policies: [
                  { type: 'Pods', value: 4, periodSeconds: 15 },
                  { type: 'Percent', value: 100, periodSeconds: 15 },
                ],
              },
              fields: { policies: { pointers: ['periodSeconds'] }, tolerance: { quantity: true } },
            },
            scaleDown: {
              defaults: { ...SCALING, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
              fields: { policies: { pointers: ['periodSeconds'] }, tolerance: { quantity: true } },
            },
          },
        },
      },
    },
  },
};

/** autoscaling/v1 states the share of CPU alone, which later versions hold among the metrics. */
function autoscalerSpec({ targetCPUUtilizationPercentage: percentage, ...spec }: Data): Data {
  if (Array.isArray(spec['metrics']) && spec['metrics'].length > 0) return spec;
  const target = { type: 'Utilization', averageUtilization: percentage ?? 80 };
  return { ...spec, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] };
}

/** The quota's figures; and the bounds of a LimitRange, of which one gives the next. */
export const RESOURCE_QUOTA: StoredType = { fields: { spec: { fields: { hard: QUANTITIES } } } };
export const LIMIT_RANGE: StoredType = {
  fields: {
    spec: {
      fields: {
        limits: {
          fill: limitRangeItem,
          fields: Object.fromEntries(
            ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].map((it) => [it, QUANTITIES]),
          ),
        },
      },
    },
  },
};

function limitRangeItem(item: Data): Data {
  if (item['type'] !== 'Container') return item;
  const limits = { ...dataAt(item, 'max'), ...dataAt(item, 'default') };
  return {
    ...item,
    default: limits,
    defaultRequest: { ...dataAt(item, 'min'), ...limits, ...dataAt(item, 'defaultRequest') },
  };
}

function withLabels(object: Data, labels: Data): Data {
  const metadata = dataAt(object, 'metadata') ?? {};
  const own = dataAt(metadata, 'labels') ?? {};
  return Object.keys(own).length > 0 ? object : { ...object, metadata: { ...metadata, labels } };
}

/** A map below a key; undefined when there is none. */
export function dataAt(value: Data | undefined, key: string): Data | undefined {
  const child = value?.[key];
  return typeof child === 'object' && child !== null && !Array.isArray(child) ? (child as Data) : undefined;
}
