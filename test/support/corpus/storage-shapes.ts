/** Configuration, claims and volumes, in the ways in which people write them. */
import { untilBound } from '../cluster/field-change-case.ts';
import { IMMEDIATE_CLASS } from '../cluster/fake-volumes.ts';
import { field, METADATA, named } from './workload-shapes.ts';
import type { Shape } from './shape.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const accessModes = ['ReadWriteOnce'];
const affinity = (zone: string): object => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] }] },
});

/** All of them. */
export const STORAGE_SHAPES: readonly Shape[] = [
  {
    title: 'ConfigMap',
    object: named('v1', 'ConfigMap', {}),
    choices: [
      ...METADATA,
      field('data', {}, null, { a: 'x' }, { a: 'x\n', empty: '' }, { a: 'x', b: 'y' }),
      field('binaryData', {}, { b64: base64('a') }),
      field('immutable', false, true),
    ],
  },
  {
    title: 'immutable ConfigMap',
    object: named('v1', 'ConfigMap', { immutable: true, data: { a: 'x' } }),
    choices: [
      ...METADATA,
      field('data', {}, { a: 'y' }, { a: 'x', b: '' }),
      field('immutable', false),
      field('binaryData', { c: base64('c') }),
    ],
  },
  {
    title: 'Secret',
    object: named('v1', 'Secret', {}),
    choices: [
      ...METADATA,
      [
        {},
        { stringData: {} },
        { data: {} },
        { stringData: { a: 'x' } },
        { data: { a: base64('x') } },
        { stringData: { a: 'y' } },
        { data: { a: base64('x') }, stringData: { a: 'y' } },
        { data: { a: '' } },
        { data: { a: base64('x'), b: base64('z') } },
      ],
      field('type', 'Opaque', '', 'example.org/own'),
      field('immutable', false, true),
    ],
  },
  {
    title: 'immutable Secret',
    object: named('v1', 'Secret', { immutable: true, data: { a: base64('x') } }),
    choices: [field('data', { a: base64('y') }), field('immutable', false), field('type', 'Opaque')],
  },
  {
    title: 'typed Secret',
    object: named('v1', 'Secret', { type: 'kubernetes.io/basic-auth', stringData: { username: 'a', password: 'b' } }),
    choices: [field('type', 'Opaque', undefined)],
  },
  {
    title: 'PersistentVolumeClaim',
    object: named('v1', 'PersistentVolumeClaim', {
      spec: { accessModes, storageClassName: IMMEDIATE_CLASS, resources: { requests: { storage: '2Gi' } } },
    }),
    choices: [
      ...METADATA,
      field(
        'spec.resources',
        { requests: { storage: '2048Mi' } },
        { requests: { storage: 2147483648 } },
        { requests: { storage: '4Gi' } },
        { requests: { storage: '1Gi' } },
        { requests: { storage: '2Gi' }, limits: {} },
      ),
      field('spec.accessModes', ['ReadWriteMany'], ['ReadWriteOnce', 'ReadOnlyMany']),
      field('spec.volumeMode', 'Filesystem', 'Block'),
      field('spec.dataSource', { kind: 'PersistentVolumeClaim', name: 'other' }),
      field('spec.dataSourceRef', { kind: 'PersistentVolumeClaim', name: 'other' }),
    ],
    settled: untilBound,
  },
  {
    title: 'waiting claim',
    object: named('v1', 'PersistentVolumeClaim', {
      spec: { accessModes, resources: { requests: { storage: '2Gi' } } },
    }),
    choices: [
      field('spec.storageClassName', '', 'fast', 'slow'),
      field('spec.selector', {}, { matchLabels: { disk: 'a' } }),
      field('spec.volumeName', 'somewhere'),
    ],
  },
  {
    title: 'PersistentVolume',
    object: named('v1', 'PersistentVolume', {
      spec: { capacity: { storage: '1Gi' }, accessModes, storageClassName: 'by-hand', hostPath: { path: '/data' } },
    }),
    choices: [
      ...METADATA,
      field('spec.capacity', { storage: '1024Mi' }, { storage: '2Gi' }),
      field('spec.accessModes', ['ReadWriteMany']),
      field('spec.persistentVolumeReclaimPolicy', 'Retain', 'Delete'),
      field('spec.storageClassName', '', 'other'),
      field('spec.volumeMode', 'Filesystem', 'Block'),
      field('spec.mountOptions', [], ['ro']),
      field('spec.nodeAffinity', affinity('a'), affinity('b')),
      [
        {},
        { 'spec.hostPath': { path: '/data', type: '' } },
        { 'spec.hostPath': { path: '/data', type: 'Directory' } },
        { 'spec.hostPath': undefined, 'spec.nfs': { server: 'nfs.example', path: '/data' } },
        { 'spec.hostPath': undefined, 'spec.csi': { driver: 'example.org', volumeHandle: 'a', readOnly: false } },
        { 'spec.hostPath': undefined, 'spec.csi': { driver: 'example.org', volumeHandle: 'b' } },
        {
          'spec.hostPath': undefined,
          'spec.iscsi': { targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:a', lun: 0 },
        },
        { 'spec.hostPath': undefined, 'spec.rbd': { monitors: ['10.0.0.1'], image: 'i' } },
        { 'spec.hostPath': undefined, 'spec.azureDisk': { diskName: 'd', diskURI: 'https://blob.example/d' } },
        { 'spec.hostPath': undefined, 'spec.local': { path: '/mnt' }, 'spec.nodeAffinity': affinity('c') },
      ],
      field(
        'spec.claimRef',
        { namespace: 'default', name: 'c' },
        { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'c' },
      ),
    ],
  },
  {
    title: 'StorageClass',
    object: named('storage.k8s.io/v1', 'StorageClass', { provisioner: 'example.org/a' }),
    choices: [
      ...METADATA,
      field('provisioner', 'example.org/b'),
      field('parameters', {}, { type: 'gp3' }, { type: 'gp2', empty: '' }),
      field('reclaimPolicy', 'Delete', 'Retain'),
      field('volumeBindingMode', 'Immediate', 'WaitForFirstConsumer'),
      field('allowVolumeExpansion', false, true),
      field('mountOptions', [], ['debug']),
      field('allowedTopologies', [], [{ matchLabelExpressions: [{ key: 'zone', values: ['a'] }] }]),
    ],
  },
  {
    title: 'VolumeAttributesClass',
    object: named('storage.k8s.io/v1', 'VolumeAttributesClass', {
      driverName: 'example.org',
      parameters: { iops: '1' },
    }),
    choices: [...METADATA, field('driverName', 'example.com'), field('parameters', { iops: '2' })],
  },
  {
    title: 'CSIDriver',
    object: named('storage.k8s.io/v1', 'CSIDriver', {}),
    choices: [
      field(
        'spec',
        { attachRequired: true },
        { attachRequired: false },
        { volumeLifecycleModes: ['Ephemeral'] },
        { fsGroupPolicy: 'File' },
        { podInfoOnMount: true, tokenRequests: [{ audience: '' }] },
        { storageCapacity: true, requiresRepublish: true },
      ),
    ],
  },
];
