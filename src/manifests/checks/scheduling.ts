/** Where pods may run: tolerations, affinity and topology spread as the API server takes them. */
import type { Cursor } from '../cursor.ts';
import type { ManifestObject, PodTemplate } from '../manifest-set.ts';
import { isUnrendered } from '../unrendered.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { isLabelKey, isLabelValue } from './labels.ts';

/** Every such field that the server refuses. https://pkg.go.dev/k8s.io/kubernetes/pkg/apis/core/validation */
export function schedulingFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => [
    ...pod.spec.at('tolerations').items.flatMap((at) => tolerationFaults(pod.object, at)),
    ...affinityFaults(pod),
    ...spreadFaults(pod),
  ]);
}

function tolerationFaults(object: ManifestObject, at: Cursor): ManifestFault[] {
  const fault = (place: Cursor, message: string): ManifestFault => faultAt(object, place, 'field-value', message);
  const [key, operator, value, effect] = ['key', 'operator', 'value', 'effect'].map((name) => at.at(name).text ?? '');
  const faults: ManifestFault[] = [];
  if (hasUnrendered(at)) return faults;
  if (key !== '' && !isLabelKey(key ?? '')) {
    faults.push(
      fault(
        at.at('key'),
        `the key of a toleration is ${JSON.stringify(key)}, must be the key of a taint: write it like dedicated or example.org/spot`,
      ),
    );
  }
  if (key === '' && operator !== 'Exists') {
    faults.push(
      fault(
        at,
        'a toleration has no key, which means every taint, so its operator must be Exists: set the key, or the operator Exists',
      ),
    );
  }
  if (operator === 'Exists' && value !== '') {
    faults.push(
      fault(
        at.at('value'),
        `a toleration has the operator Exists and the value ${JSON.stringify(value)}, but Exists takes none: remove the value, or use Equal`,
      ),
    );
  }
  if ((operator === '' || operator === 'Equal') && !isLabelValue(value ?? '')) {
    faults.push(
      fault(
        at.at('value'),
        `the value of a toleration is ${JSON.stringify(value)}, must be at most 63 letters, digits, dashes, dots and underscores: correct it`,
      ),
    );
  }
  if (at.at('tolerationSeconds').exists && effect !== 'NoExecute') {
    faults.push(
      fault(
        at.at('tolerationSeconds'),
        `tolerationSeconds is set and the effect is ${effect === '' ? 'every one' : effect}, but only NoExecute evicts: set effect to NoExecute, or remove tolerationSeconds`,
      ),
    );
  }
  return faults;
}

const [REQUIRED, PREFERRED] = [
  'requiredDuringSchedulingIgnoredDuringExecution',
  'preferredDuringSchedulingIgnoredDuringExecution',
];

function affinityFaults({ object, spec }: PodTemplate): ManifestFault[] {
  const affinity = spec.at('affinity');
  const nodes = affinity.at('nodeAffinity');
  const terms = nodes.at(REQUIRED, 'nodeSelectorTerms');
  const podTerms = ['podAffinity', 'podAntiAffinity'].flatMap((name) => [
    ...affinity.at(name, REQUIRED).items,
    ...affinity.at(name, PREFERRED).items.map((item) => item.at('podAffinityTerm')),
  ]);
  const nodeTerms = [...terms.items, ...nodes.at(PREFERRED).items.map((item) => item.at('preference'))];
  const empty = nodes.at(REQUIRED).exists && terms.items.length === 0 && Array.isArray(terms.value);
  return [
    ...(empty
      ? [
          faultAt(
            object,
            terms,
            'field-value',
            'nodeSelectorTerms is empty, must have one term at least: add one, or remove the affinity',
          ),
        ]
      : []),
    ...nodeTerms.flatMap((term) => [
      ...term.at('matchExpressions').items.flatMap((it) => expressionFaults(object, it)),
      ...term.at('matchFields').items.flatMap((it) => fieldExpressionFaults(object, it)),
    ]),
    ...podTerms.flatMap((term) => topologyKeyFaults(object, term)),
  ];
}

function expressionFaults(object: ManifestObject, at: Cursor): ManifestFault[] {
  const fault = (place: Cursor, message: string): ManifestFault => faultAt(object, place, 'field-value', message);
  const [operator, key] = [at.at('operator').text ?? '', at.at('key').text ?? ''];
  if (hasUnrendered(at)) return [];
  const values = at.at('values').items;
  const wanted = WANTED_VALUES[operator];
  const faults =
    isLabelKey(key) || key === ''
      ? []
      : [
          fault(
            at.at('key'),
            `the key of an expression is ${JSON.stringify(key)}, must be that of a label: correct it`,
          ),
        ];
  if (wanted === undefined || wanted.holds(values.length)) return faults;
  const message = `the expression for ${key} has the operator ${operator} and ${values.length} values, must have ${wanted.words}: ${wanted.wayOut}`;
  return [...faults, fault(at, message)];
}

const SOME = { holds: (count: number) => count > 0, words: 'one at least', wayOut: 'list the values' };
const NONE = { holds: (count: number) => count === 0, words: 'none', wayOut: 'remove the values, or use In' };
const ONE = { holds: (count: number) => count === 1, words: 'one, a whole number', wayOut: "write values: ['4']" };
const WANTED_VALUES: Readonly<Record<string, typeof SOME | undefined>> = {
  In: SOME,
  NotIn: SOME,
  Exists: NONE,
  DoesNotExist: NONE,
  Gt: ONE,
  Lt: ONE,
};

/** Of the fields of a node, only its name can be compared. */
function fieldExpressionFaults(object: ManifestObject, at: Cursor): ManifestFault[] {
  const [operator, key] = [at.at('operator').text ?? '', at.at('key').text ?? ''];
  const count = at.at('values').items.length;
  if (hasUnrendered(at) || (key === 'metadata.name' && /^(?:In|NotIn)$/.test(operator) && count === 1)) return [];
  const message = `matchFields compares ${key} by ${operator} with ${count} values, must compare metadata.name by In or NotIn with one: use matchExpressions for labels`;
  return [faultAt(object, at, 'field-value', message)];
}

function topologyKeyFaults(object: ManifestObject, term: Cursor): ManifestFault[] {
  const at = term.at('topologyKey');
  if (at.text === undefined || isLabelKey(at.text) || isUnrendered(at.text)) return [];
  const message = `topologyKey is ${JSON.stringify(at.text)}, must be the key of a label of nodes: write it like topology.kubernetes.io/zone`;
  return [faultAt(object, at, 'field-value', message)];
}

function spreadFaults({ object, spec }: PodTemplate): ManifestFault[] {
  const constraints = spec.at('topologySpreadConstraints').items;
  const keyOf = (at: Cursor): string => `${at.at('topologyKey').text ?? ''} ${at.at('whenUnsatisfiable').text ?? ''}`;
  return constraints.flatMap((at, index) => {
    const minDomains = at.at('minDomains');
    const twice = constraints.slice(0, index).some((other) => keyOf(other) === keyOf(at));
    return [
      ...topologyKeyFaults(object, at),
      ...(twice
        ? [
            faultAt(
              object,
              at,
              'field-value',
              `two constraints spread over ${keyOf(at)}, which the API server rejects: remove one, or change its whenUnsatisfiable`,
            ),
          ]
        : []),
      ...(minDomains.exists && at.at('whenUnsatisfiable').text !== 'DoNotSchedule'
        ? [
            faultAt(
              object,
              minDomains,
              'field-value',
              'minDomains is set, but only DoNotSchedule counts domains: set whenUnsatisfiable to DoNotSchedule, or remove minDomains',
            ),
          ]
        : []),
    ];
  });
}

/** Whether a tool still puts in a part of a field. */
function hasUnrendered(at: Cursor): boolean {
  return at.entries.some(([, { text }]) => text !== undefined && isUnrendered(text));
}
