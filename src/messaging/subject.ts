/**
 * A subject pattern, in which `{name}` stands for one token: `progress.{user}.{video}`. As a filter the parameters
 * become `*`; a last token `>` stands for the rest. Tokens follow the rules of the NATS server: no space, dot, `*` or `>`.
 */

/** Names of the `{parameters}` in a pattern. */
export type SubjectParameters<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | SubjectParameters<Rest>
  : never;

/** Values for the parameters of a pattern. */
export type SubjectValues<P extends string> = { readonly [N in SubjectParameters<P>]: string };

const PARAMETER = /\{([A-Za-z][A-Za-z0-9]*)\}/g;
const TOKEN = /^[^\s.*>\p{Cc}]+$/u;

/** The subject filter that matches every subject of a pattern: `progress.{user}.{video}` gives `progress.*.*`. */
export function filterOf(pattern: string): string {
  return pattern.replace(PARAMETER, '*');
}

/** Names of the parameters of a pattern, in its order. */
export function parametersOf(pattern: string): readonly string[] {
  return [...pattern.matchAll(PARAMETER)].map(([, name = '']) => name);
}

/** The concrete subject of a pattern. Throws if a value is not one token. */
export function subjectOf<P extends string>(pattern: P, values: SubjectValues<P>): string {
  return pattern.replace(PARAMETER, (_, name: string) => {
    const value = (values as Readonly<Record<string, string>>)[name] ?? '';
    if (!TOKEN.test(value)) {
      throw new Error(
        `subject ${pattern}: ${name} is ${JSON.stringify(value)}, must be one token without space, dot, * or >`,
      );
    }
    return value;
  });
}

/** Whether a filter (with `*` and `>`) covers a subject or another filter entirely. */
export function filterCovers(filter: string, subject: string): boolean {
  const wanted = filter.split('.');
  const given = subject.split('.');
  for (const [i, token] of wanted.entries()) {
    if (token === '>') return given.length > i;
    const other = given[i];
    if (other === undefined || other === '>') return false;
    if (token !== '*' && token !== other) return false;
  }
  return wanted.length === given.length;
}

/** The filter of the subjects that two overlapping filters both match. */
export function filterIntersection(a: string, b: string): string {
  const [left, right] = [a.split('.'), b.split('.')];
  const tokens: string[] = [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    if (x === '>') return [...tokens, ...right.slice(i)].join('.');
    if (y === '>') return [...tokens, ...left.slice(i)].join('.');
    tokens.push((x === '*' ? y : x) ?? '');
  }
  return tokens.join('.');
}

/** Whether any subject could match both filters. */
export function filtersOverlap(a: string, b: string): boolean {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i];
    const y = right[i];
    if (x === undefined || y === undefined) return false;
    if (x === '>' || y === '>') return true;
    if (x !== '*' && y !== '*' && x !== y) return false;
  }
  return true;
}
