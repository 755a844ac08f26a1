/**
 * The kubelet's rules once more, written from their text alone and in another way than src/env: character by character, a
 * record and not a map, no tokens. Tests hold the library against it.
 */
export interface IndependentEntry {
  readonly name: string;
  readonly value?: string | undefined;
}

export interface IndependentResult {
  readonly values: Record<string, string>;
  /** `[variable, name]` of each reference that stayed. */
  readonly stayed: (readonly [string, string])[];
}

export function independentExpand(input: string, known: (name: string) => string | undefined): string {
  let rest = input;
  let output = '';
  while (rest !== '') {
    const [first, second] = rest;
    if (first !== '$' || second === undefined) {
      output += first ?? '';
      rest = rest.slice(first?.length);
      continue;
    }
    const closer = rest.indexOf(')');
    if (second === '(' && closer >= 0) {
      const name = rest.slice(2, closer);
      const value = known(name);
      output += value === undefined ? `$(${name})` : value;
      rest = rest.slice(closer + 1);
      continue;
    }
    output += second === '$' ? '$' : `$${second}`;
    rest = rest.slice(1 + second.length);
  }
  return output;
}

export function independentEnv(
  env: readonly IndependentEntry[],
  envFrom: readonly Readonly<Record<string, string>>[] = [],
  services: Readonly<Record<string, string>> = {},
): IndependentResult {
  const values: Record<string, string> = Object.assign(Object.create(null) as Record<string, string>, ...envFrom);
  const stayed: (readonly [string, string])[] = [];
  for (const { name, value } of env) {
    values[name] = independentExpand(value ?? '', (wanted) => {
      if (wanted in values) return values[wanted];
      if (Object.hasOwn(services, wanted)) return services[wanted];
      if (wanted !== '') stayed.push([name, wanted]);
      return undefined;
    });
  }
  return { values: { ...services, ...values }, stayed };
}
