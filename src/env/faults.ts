/** All faults of a list of variables. Its order is not one: `orderEnv` corrects it. */
import { looksLikeCredential } from './credential.ts';
import { namesOf } from './env-from.ts';
import type { RawEnv } from './expansion.ts';
import type { EnvFault } from './fault.ts';
import { cycleFaults, duplicateFaults, envOrder, type EnvOrder } from './order.ts';
import { placeOf } from './place.ts';
import { referenceFaults, type EnvFaultsContext } from './reference-faults.ts';

/** Names that the API server accepts: printable ASCII without `=`. */
const NAME = /^[\x20-\x3c\x3e-\x7e]+$/;

/** Faults of a list: names, duplicates, unresolved references, cycles, and literals that are credentials. */
export function envFaults(entries: readonly RawEnv[], context: EnvFaultsContext = {}): EnvFault[] {
  return faultsInOrder(entries, envOrder(entries), context);
}

/** As {@link envFaults}, for a list whose order is known. */
export function faultsInOrder<T extends RawEnv>(
  entries: readonly T[],
  order: EnvOrder<T>,
  context: EnvFaultsContext,
): EnvFault[] {
  const place = context.place ?? '';
  return [
    ...entries.flatMap((entry) => nameFaults(entry, place)),
    ...duplicateFaults(entries, place),
    ...referenceFaults(entries, context),
    ...cycleFaults(
      order.cycles.filter((cycle) => !isBroken(cycle, context)),
      place,
    ),
    ...entries.flatMap((entry) => credentialFaults(entry, place)),
  ];
}

/** Whether a source of envFrom gives a name of a cycle, so that the kubelet finds a value where the cycle is entered. */
function isBroken(cycle: readonly string[], { envFrom = [] }: EnvFaultsContext): boolean {
  const inherited = new Set(envFrom.flatMap(namesOf));
  return cycle.some((name) => inherited.has(name));
}

function nameFaults({ name }: RawEnv, place: string): EnvFault[] {
  if (NAME.test(name)) return [];
  return [
    {
      rule: 'env-name',
      place: placeOf(place, name),
      message: `invalid variable name ${JSON.stringify(name)}, a name has one or more printable ASCII characters other than =: rename it`,
    },
  ];
}

function credentialFaults({ name, value }: RawEnv, place: string): EnvFault[] {
  const reason = looksLikeCredential(name, value ?? '');
  if (reason === undefined) return [];
  // the value itself is not repeated: an error message ends in a log
  return [
    {
      rule: 'env-credential',
      place: placeOf(place, name),
      message: `the value is a literal (not shown), and ${reason}, but credentials must come from a Secret: use Env.secret('${name}', …), or reference the secret part of a longer text as $(OTHER)`,
    },
  ];
}
