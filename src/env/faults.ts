/** What is wrong with a list of variables, all at once. */
import { looksLikeCredential } from './credential.ts';
import type { EnvFrom, RawEnv } from './expansion.ts';
import type { Fault } from './fault.ts';
import { nearestName } from './nearest.ts';
import { cycleFault, envOrder } from './order.ts';
import { referencesOf } from './scanner.ts';

/** What is known of the container besides its list. */
export interface EnvFaultsContext {
  /** Where the list stands, such as a construct path. */
  readonly place: string;
  /** Sources of `envFrom`. @default [] */
  readonly envFrom?: readonly EnvFrom[];
  /** Names of Services in the namespace, to tell a name that only a service link would give. @default [] */
  readonly services?: readonly string[];
}

/** A C identifier that may hold dots and dashes, as servers before 1.30 ask. */
const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const SERVICE_VARIABLE =
  /^([A-Z0-9_]+?)_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;
const KUBERNETES_VARIABLE = /^KUBERNETES_(SERVICE|PORT)/;

/** Faults of a list: its names, references, cycles, duplicates, and literals that are credentials. */
export function envFaults(entries: readonly RawEnv[], context: EnvFaultsContext): Fault[] {
  const listed = new Set(entries.map(({ name }) => name));
  const inherited = new Set(envFromNames(context.envFrom ?? []));
  return [
    ...nameFaults(entries, context.place),
    ...duplicateFaults(entries, context.place),
    ...entries.flatMap((entry) => referenceFaults(entry, listed, inherited, context)),
    ...envOrder(entries).cycles.map((cycle) => cycleFault(cycle, context.place)),
    ...entries.flatMap((entry) => credentialFaults(entry, context.place)),
  ];
}

function nameFaults(entries: readonly RawEnv[], place: string): Fault[] {
  return entries.flatMap(({ name }): Fault[] => {
    if (name === 'PORT') {
      return [
        fault('env-port', place, 'PORT is declared, but the port of a service is 8000 and no variable: remove it'),
      ];
    }
    if (NAME.test(name)) return [];
    return [
      fault(
        'env-name',
        place,
        `${JSON.stringify(name)} is no name of a variable, which has letters, digits, _, - and . and does not start with a digit: rename it`,
      ),
    ];
  });
}

function duplicateFaults(entries: readonly RawEnv[], place: string): Fault[] {
  const seen = new Map<string, number>();
  for (const { name } of entries) seen.set(name, (seen.get(name) ?? 0) + 1);
  return [...seen].flatMap(([name, times]) =>
    times === 1
      ? []
      : [
          fault(
            'env-duplicate',
            place,
            `${name} is declared ${String(times)} times; the kubelet takes the last, server-side apply refuses the list, and a later client-side apply can delete it: keep one`,
          ),
        ],
  );
}

function referenceFaults(
  entry: RawEnv,
  listed: ReadonlySet<string>,
  inherited: ReadonlySet<string>,
  context: EnvFaultsContext,
): Fault[] {
  const place = `${context.place} ${entry.name}`;
  return referencesOf(entry.value ?? '').flatMap((name): Fault[] => {
    if (inherited.has(name) || KUBERNETES_VARIABLE.test(name)) return [];
    if (name === entry.name) return [selfFault(name, place)];
    if (listed.has(name)) return [];
    const service = serviceOfLink(name, context.services ?? []);
    return [
      service === undefined ? unknownFault(name, place, [...listed, ...inherited]) : linkFault(name, service, place),
    ];
  });
}

/** `X=$(X):y` reads an earlier X. Without one it stays as it is. */
function selfFault(name: string, place: string): Fault {
  return fault(
    'env-self-reference',
    place,
    `$(${name}) names the variable itself, which has no earlier value: declare the key ${name} on the envFrom source that gives it, or write $$(${name}) for the text itself`,
  );
}

function linkFault(name: string, service: string, place: string): Fault {
  return fault(
    'env-service-link',
    place,
    `$(${name}) would come only from the link to the Service ${service}, which is there or not depending on which was made first, and links are off: write the host name ${service} instead`,
  );
}

function unknownFault(name: string, place: string, known: readonly string[]): Fault {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? 'declare it' : `did you mean $(${nearest})? else declare it`;
  return fault(
    'env-unknown',
    place,
    `$(${name}) names a variable that nothing defines, so that the container would get it unexpanded: ${hint}, or write $$(${name}) for the text itself`,
  );
}

function serviceOfLink(name: string, services: readonly string[]): string | undefined {
  const prefix = SERVICE_VARIABLE.exec(name)?.[1];
  if (prefix === undefined) return undefined;
  return services.find((service) => service.toUpperCase().replaceAll('-', '_') === prefix) ?? guessed(prefix, name);
}

/** `_SERVICE_HOST` says service link by itself; `X_PORT` may be an ordinary name that was misspelt. */
function guessed(prefix: string, name: string): string | undefined {
  return /_SERVICE_(HOST|PORT)|_PORT_\d+_/.test(name) ? prefix.toLowerCase().replaceAll('_', '-') : undefined;
}

function credentialFaults(entry: RawEnv, place: string): Fault[] {
  if (entry.value === undefined) return [];
  const reason = looksLikeCredential(entry.name, entry.value);
  if (reason === undefined) return [];
  // the value itself is not repeated: an error message ends in a log
  return [
    fault(
      'env-credential',
      `${place} ${entry.name}`,
      `a literal is given, but ${reason}, and a credential comes by reference only: use Env.secret(${JSON.stringify(entry.name)}, …), or name the part as $(OTHER)`,
    ),
  ];
}

function* envFromNames(sources: readonly EnvFrom[]): Iterable<string> {
  for (const { keys, prefix } of sources) for (const key of keys ?? []) yield `${prefix ?? ''}${key}`;
}

function fault(rule: string, place: string, message: string): Fault {
  return { rule, place, message };
}
