/**
 * Quantities of a StatefulSet that are the same amount in another form, such as 1Gi and 1073741824. The server takes them
 * for equal and stores the new form; the controller of StatefulSets compares its revisions by their text, and replaces the
 * pods. Those of Deployments and DaemonSets compare amounts.
 */
import { amountOf, type Cursor, type ManifestObject } from '#manifests';
import type { FieldChange } from './field-changes.ts';

const AMOUNT_1024 = 1024n * 10n ** 9n;

/** The quantities of which only the form differs; of any other kind than a StatefulSet there are none. */
export function respelledQuantities(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  if (after.kind !== 'StatefulSet' || after.group !== 'apps') return [];
  const old = new Map(quantitiesOf(before));
  return quantitiesOf(after).flatMap(([field, now]) => {
    const was = old.get(field);
    const isRespelled = amountOf(was) !== undefined && amountOf(was) === amountOf(now) && formOf(was) !== formOf(now);
    return isRespelled ? [{ field, before: was, after: now }] : [];
  });
}

function quantitiesOf({ root }: ManifestObject): readonly (readonly [field: string, quantity: unknown])[] {
  const spec = root.at('spec', 'template', 'spec');
  return ['containers', 'initContainers'].flatMap((list) =>
    spec.at(list).items.flatMap((container) => {
      const place = `spec.template.spec.${list}[${container.at('name').text ?? ''}].resources`;
      return ['limits', 'requests'].flatMap((part) =>
        container
          .at('resources', part)
          .entries.map(
            ([name, quantity]: readonly [string, Cursor]) => [`${place}.${part}.${name}`, quantity.value] as const,
          ),
      );
    }),
  );
}

/** How the server writes an amount: it keeps the form in which it was stated. */
function formOf(quantity: unknown): 'binary' | 'exponent' | 'decimal' {
  const text = String(quantity);
  if (/[eE][+-]?\d+$/.test(text)) return 'exponent';
  return text.endsWith('i') && (amountOf(quantity) ?? 0n) >= AMOUNT_1024 ? 'binary' : 'decimal';
}
