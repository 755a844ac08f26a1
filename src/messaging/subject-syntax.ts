/** Patterns and filters that the server rejects, or that are dangerous for a service. */

const LITERAL = /^[^\s.*>{}\p{Cc}]+$/u;
const PARAMETER = /^\{[A-Za-z][A-Za-z0-9]*\}$/;

/** Rules that a subject pattern such as `progress.{user}.{video}` or `dlq.>` breaks. */
export function patternProblems(pattern: string): string[] {
  const tokens = pattern.split('.');
  const parameters = tokens.filter((token) => PARAMETER.test(token));
  return [
    ...tokenProblems(tokens, (token) => LITERAL.test(token) || PARAMETER.test(token)),
    ...(PARAMETER.test(tokens[0] ?? '')
      ? ['must start with a literal token, because a value could name the space of another service']
      : []),
    ...(new Set(parameters).size < parameters.length ? ['must use each {parameter} only once'] : []),
  ];
}

/** Rules that a stream's subject filter such as `events.>` breaks. */
export function filterProblems(filter: string): string[] {
  return tokenProblems(filter.split('.'), (token) => LITERAL.test(token));
}

/**
 * Why a service must not publish, or a stream must not store, the subjects of a filter: they belong to the server or to
 * replies.
 */
export function reservedSpace(filter: string): string | undefined {
  const first = filter.split('.')[0] ?? '';
  if (first === '>' || first === '*') return 'it covers $JS, $SYS and every inbox';
  if (first.startsWith('_INBOX')) return 'subjects that start with _INBOX carry replies';
  return first.startsWith('$') ? `subjects that start with ${first} belong to the server` : undefined;
}

function tokenProblems(tokens: readonly string[], isName: (token: string) => boolean): string[] {
  const wrong = tokens.filter(
    (token, i) => !isName(token) && token !== '*' && !(token === '>' && i === tokens.length - 1),
  );
  if (wrong.includes('')) return ['must have no empty token: one dot between tokens, none at either end'];
  if (wrong.includes('>')) return ['must have > as its last token only'];
  return wrong.map(
    (token) =>
      `has the token ${JSON.stringify(token)}, must be a name without space, * or >, or a {parameter} that fills it`,
  );
}
