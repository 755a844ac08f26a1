import type { FieldChange } from './field-changes.ts';

/** By kind and start of a field, what to do about a change that is refused; the first that fits. */
const WAYS_OUT: readonly (readonly [kind: RegExp, field: RegExp, wayOut: string])[] = [
  [
    /^StatefulSet$/,
    /^spec\.volumeClaimTemplates\[.*\.storage$/,
    'let each claim grow (kubectl patch pvc), then kubectl delete statefulset --cascade=orphan, and apply',
  ],
  [
    /^StatefulSet$/,
    /^spec\.volumeClaimTemplates/,
    'kubectl delete statefulset --cascade=orphan, and apply: only new claims follow the template',
  ],
  [
    /^StatefulSet$/,
    /^spec\.(?:serviceName|podManagementPolicy)/,
    'kubectl delete statefulset --cascade=orphan, and apply',
  ],
  [
    /^(?:Deployment|DaemonSet|ReplicaSet|StatefulSet)$/,
    /^spec\.selector/,
    'keep the selector, or give the new object another name',
  ],
  [
    /^(?:Deployment|StatefulSet)$/,
    /trategy/,
    'state rollingUpdate in one apply and take it away in the next, or use a client-side apply',
  ],
  [/^Job$/, /./, 'delete the Job first, or let its name change with its content'],
  [/^PersistentVolumeClaim$/, /\.storage$/, 'a claim cannot shrink: make a smaller one and copy the data'],
  [/^PersistentVolumeClaim$/, /./, 'make another claim and copy the data'],
  [
    /^(?:ConfigMap|Secret)$/,
    /^(?:data|binaryData|immutable)/,
    'give the new object another name, as its content is immutable',
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
