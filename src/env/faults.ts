/** What is wrong with a list of variables, all at once. Its order is no fault: `orderEnv` makes it. */
import { looksLikeCredential } from './credential.ts';
import type { RawEnv } from './expansion.ts';
import type { Fault } from './fault.ts';
import { cycleFaults, duplicateFaults, envOrder } from './order.ts';
import { placeOf } from './place.ts';
import { scan } from './scanner.ts';
import { referenceFaults, type EnvFaultsContext } from './reference-faults.ts';

/** What the API server takes: printable ASCII without `=`. */
const NAME = /^[\x20-\x3c\x3e-\x7e]+$/;
/** A `$` whose next character is outside ASCII. The kubelet takes one byte of it for a character and breaks the text. */
const BROKEN_DOLLAR = /\$(\P{ASCII})/u;

/** Faults of a list: names, duplicates, references that nothing answers, cycles, and literals that are credentials. */
export function envFaults(entries: readonly RawEnv[], context: EnvFaultsContext = {}): Fault[] {
  const place = context.place ?? '';
  return [
    ...entries.flatMap((entry) => nameFaults(entry, place)),
    ...duplicateFaults(entries, place),
    ...referenceFaults(entries, context),
    ...cycleFaults(envOrder(entries).cycles, place),
    ...entries.flatMap((entry) => [...credentialFaults(entry, place), ...brokenDollarFaults(entry, place)]),
  ];
}

function nameFaults({ name }: RawEnv, place: string): Fault[] {
  if (NAME.test(name)) return [];
  return [
    {
      rule: 'env-name',
      place: placeOf(place, name),
      message: `${JSON.stringify(name)} is no name of a variable, which has one character or more, all printable ASCII and none of them =: rename it`,
    },
  ];
}

function credentialFaults({ name, value }: RawEnv, place: string): Fault[] {
  const reason = looksLikeCredential(name, value ?? '');
  if (reason === undefined) return [];
  // the value itself is not repeated: an error message ends in a log
  return [
    {
      rule: 'env-credential',
      place: placeOf(place, name),
      message: `a literal is given (not shown here), and ${reason}, a credential comes by reference alone: use Env.secret('${name}', …), or in a longer text name the secret part as $(OTHER)`,
    },
  ];
}

function brokenDollarFaults({ name, value }: RawEnv, place: string): Fault[] {
  const broken = scan(value ?? '').map((token) => (token.kind === 'text' ? BROKEN_DOLLAR.exec(token.text) : null));
  const next = broken.find((match) => match !== null)?.[1];
  if (next === undefined) return [];
  return [
    {
      rule: 'env-broken-dollar',
      place: placeOf(place, name),
      message: `$${next} stands in the value, the kubelet breaks a character outside ASCII that follows a dollar: write $$${next}`,
    },
  ];
}
