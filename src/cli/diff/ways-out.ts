import type { FieldChange } from './field-changes.ts';

/** By kind and start of a field, what to do about a change that is refused; the first that fits. */
const WAYS_OUT: readonly (readonly [kind: RegExp, field: RegExp, wayOut: string])[] = [
  [
    /^StatefulSet$/,
    /^spec\.volumeClaimTemplates\[.*\.storage$/,
    'expand each claim (kubectl patch pvc), then run kubectl delete statefulset --cascade=orphan, and apply',
  ],
  [
    /^StatefulSet$/,
    /^spec\.volumeClaimTemplates/,
    'run kubectl delete statefulset --cascade=orphan, and apply: only new claims use the new template',
  ],
  [
    /^StatefulSet$/,
    /^spec\.(?:serviceName|podManagementPolicy)/,
    'run kubectl delete statefulset --cascade=orphan, and apply',
  ],
  [
    /^(?:Deployment|DaemonSet|ReplicaSet|StatefulSet)$/,
    /^spec\.selector/,
    'keep the selector, or rename the new object',
  ],
  [
    /^(?:Deployment|StatefulSet)$/,
    /trategy/,
    'set rollingUpdate in one apply and remove it in the next, or use a client-side apply',
  ],
  [
    /^(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|CronJob)$/,
    /\.volumes\[/,
    'the server filled in emptyDir, which a server-side apply keeps beside the source: rename the volume, or use a client-side apply',
  ],
  [/^Job$/, /./, 'delete the Job first, or put a hash of its content into its name'],
  [/^PersistentVolumeClaim$/, /\.storage$/, 'a claim cannot shrink: create a smaller one and copy the data'],
  [/^PersistentVolumeClaim$/, /./, 'create another claim and copy the data'],
  [
    /^(?:ConfigMap|Secret)$/,
    /^(?:data|binaryData|immutable)/,
    'rename the new object, because its content is immutable',
  ],
  [/^Pod$/, /./, 'delete the Pod and apply'],
];
const DEFAULT = 'delete the object and apply';

/** What to do about a refused change of an object, given its title. */
export function wayOut(title: string, { field }: FieldChange): string {
  const kind = /(?:^|\/)([A-Za-z]+)\/[^/]*$/.exec(title)?.[1] ?? '';
  const found = WAYS_OUT.find(([kinds, fields]) => kinds.test(kind) && fields.test(field));
  return `; ${found?.[2] ?? DEFAULT}`;
}
