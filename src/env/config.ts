/** Reads the declared variables of a process as typed config, when it starts. */
import { DeclarationError, type Fault } from './fault.ts';
import { scan } from './scanner.ts';
import type { ConfigOf, EnvVariable } from './variable.ts';

/**
 * Typed config from a declaration and the process's environment. Throws a `DeclarationError` with every variable that is
 * missing, malformed or was left unexpanded, by name; values that came from a Secret are not shown.
 */
export function readConfig<const E extends readonly EnvVariable[]>(
  variables: E,
  environment: Readonly<Record<string, string | undefined>>,
  place = 'environment',
): ConfigOf<E> {
  const faults: Fault[] = [];
  const config: Record<string, unknown> = {};
  for (const variable of variables) {
    const text = environment[variable.name];
    const fault =
      text === undefined
        ? missing(variable, place)
        : (leftUnexpanded(variable, text, place) ?? read(variable, text, config, place));
    if (fault !== undefined) faults.push(fault);
  }
  if (faults.length > 0) throw new DeclarationError(faults);
  return config as ConfigOf<E>;
}

function missing({ name, optional, source }: EnvVariable, place: string): Fault | undefined {
  if (optional) return undefined;
  const from =
    source.kind === 'secret' || source.kind === 'configMap'
      ? ` from ${source.kind} ${source.ref.name}, key ${source.ref.key}`
      : '';
  return {
    rule: 'config-missing',
    place: `${place} ${name}`,
    message: `${name} is not set, the declaration requires it: give it${from}`,
  };
}

/**
 * A live reference of the declaration that is still in the text. What the declaration escapes (`$$(X)` rightly gives
 * `$(X)`) and what came by reference is exempt.
 */
function leftUnexpanded({ name, source }: EnvVariable, text: string, place: string): Fault | undefined {
  if (source.kind !== 'value' && source.kind !== 'given') return undefined;
  const declared = source.kind === 'value' ? source.value : (source.fallback ?? '');
  const left = scan(declared).find(
    (token) => token.kind === 'reference' && text.includes(token.raw) && !escapes(declared, token.raw),
  );
  if (left?.kind !== 'reference') return undefined;
  return {
    rule: 'config-unexpanded',
    place: `${place} ${name}`,
    message: `${name} still holds ${left.raw}, which Kubernetes leaves when ${left.name} is not defined before it: put ${left.name} before ${name} in the manifest's env`,
  };
}

/** Whether the declaration also writes the same text escaped, so that finding it proves nothing. */
function escapes(declared: string, raw: string): boolean {
  return declared.includes(`$${raw}`);
}

function read(variable: EnvVariable, text: string, config: Record<string, unknown>, place: string): Fault | undefined {
  try {
    config[variable.name] = variable.parse(text);
    return undefined;
  } catch (error) {
    const rule = error instanceof Error ? error.message : String(error);
    const shown = variable.source.kind === 'secret' ? 'what it holds (not shown)' : JSON.stringify(text);
    return {
      rule: 'config-malformed',
      place: `${place} ${variable.name}`,
      message: `${variable.name} is ${shown}, it ${rule}: correct it where it is declared`,
    };
  }
}
