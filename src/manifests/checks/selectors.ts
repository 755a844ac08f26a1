/** Selectors in the form that their field has: labels alone, or matchLabels and matchExpressions. */
import type { Cursor } from '../cursor.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from '../manifest-set.ts';
import { isUnrendered } from '../unrendered.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every selector that is written in the form of another field. */
export function selectorFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [
    ...set.objects.flatMap((object) => labelSelectorsOf(object).flatMap((at) => labelSelectorFault(object, at))),
    ...set.pods.flatMap((pod) => podSelectors(pod).flatMap((at) => labelSelectorFault(pod.object, at))),
    ...plainSelectors(set).flatMap(({ object, at }) => plainSelectorFault(object, at)),
  ];
}

const SELECTING: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

function labelSelectorsOf({ kind, group, root }: ManifestObject): readonly Cursor[] {
  const spec = root.at('spec');
  if (kind === 'Rollout' && group === 'argoproj.io') return [spec.at('selector')];
  if (group.includes('.') && !group.endsWith('.k8s.io')) return [];
  if (SELECTING.has(kind) || kind === 'PodDisruptionBudget' || kind === 'PersistentVolumeClaim')
    return [spec.at('selector')];
  if (kind !== 'NetworkPolicy') return [];
  const peers = ['ingress', 'egress'].flatMap((rules) =>
    spec.at(rules).items.flatMap((rule) => [...rule.at('from').items, ...rule.at('to').items]),
  );
  return [spec.at('podSelector'), ...peers.flatMap((peer) => [peer.at('podSelector'), peer.at('namespaceSelector')])];
}

function podSelectors({ spec, object }: PodTemplate): readonly Cursor[] {
  const affinity = spec.at('affinity');
  const terms = ['podAffinity', 'podAntiAffinity'].flatMap((name) => [
    ...affinity.at(name, 'requiredDuringSchedulingIgnoredDuringExecution').items,
    ...affinity
      .at(name, 'preferredDuringSchedulingIgnoredDuringExecution')
      .items.map((item) => item.at('podAffinityTerm')),
  ]);
  const claims = object.kind === 'StatefulSet' ? object.root.at('spec', 'volumeClaimTemplates').items : [];
  return [
    ...terms.map((term) => term.at('labelSelector')),
    ...spec.at('topologySpreadConstraints').items.map((item) => item.at('labelSelector')),
    ...claims.map((claim) => claim.at('spec', 'selector')),
  ];
}

function labelSelectorFault(object: ManifestObject, at: Cursor): ManifestFault[] {
  return [...formFault(object, at), ...at.at('matchExpressions').items.flatMap((it) => expressionFault(object, it))];
}

/** In and NotIn compare with values; Exists and DoesNotExist take none. */
function expressionFault(object: ManifestObject, expression: Cursor): ManifestFault[] {
  const operator = expression.at('operator').text ?? '';
  const values = expression.at('values').items.length;
  const needs = operator === 'In' || operator === 'NotIn';
  if (!(needs ? values === 0 : /^(?:Exists|DoesNotExist)$/.test(operator) && values > 0)) return [];
  const message = `the expression for ${expression.at('key').text ?? ''} has the operator ${operator} ${needs ? 'without' : 'with'} values, which the API server rejects: ${needs ? 'list the values' : 'remove the values, or use In'}`;
  return [faultAt(object, expression, 'selector-form', message)];
}

function formFault(object: ManifestObject, at: Cursor): ManifestFault[] {
  const strange = at.entries.filter(([key]) => key !== 'matchLabels' && key !== 'matchExpressions').map(([key]) => key);
  if (strange.length === 0 || strange.some((key) => isUnrendered(key))) return [];
  const message = `the selector has ${strange.join(', ')}, but only matchLabels and matchExpressions are valid, so it selects nothing or is rejected: put the labels below matchLabels`;
  return [faultAt(object, at, 'selector-form', message)];
}

/** Selectors that are a map of labels. */
function plainSelectors(set: ManifestSet): readonly { readonly object: ManifestObject; readonly at: Cursor }[] {
  return [...set.ofKind('Service'), ...set.ofKind('ReplicationController')].map((object) => ({
    object,
    at: object.root.at('spec', 'selector'),
  }));
}

function plainSelectorFault(object: ManifestObject, at: Cursor): ManifestFault[] {
  const nested = at.entries.find(
    ([key, value]) => (key === 'matchLabels' || key === 'matchExpressions') && value.text === undefined,
  );
  if (nested === undefined) return [];
  const message = `the selector has ${nested[0]}, but the selector of a ${object.kind} is a map of labels, so the API server rejects it: put the labels directly below selector`;
  return [faultAt(object, at, 'selector-form', message)];
}
