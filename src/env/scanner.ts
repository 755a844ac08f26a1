/**
 * Reads `$(NAME)` in a value the way the kubelet does: one pass from left to right, a name being everything up to the
 * first `)`. Source: k8s.io/kubernetes third_party/forked/golang/expansion. A scanner, because no regular expression of
 * word characters knows `$$`, `$(my.var)` or an unterminated `$(`.
 */

/** A piece of a value; the raw pieces joined are the value. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly name: string; readonly raw: string }
  | { readonly kind: 'escape'; readonly text: string; readonly raw: string };

/** Splits a value into text, live references, and escapes: `$$`, which becomes one `$`. `$()` is text: it names nothing. */
export function scan(value: string): readonly Token[] {
  const tokens: Token[] = [];
  const lastClose = value.lastIndexOf(')');
  let textFrom = 0;
  let at = value.indexOf('$');
  const push = (token: Token, start: number, end: number) => {
    if (textFrom < start) tokens.push({ kind: 'text', text: value.slice(textFrom, start) });
    tokens.push(token);
    textFrom = end;
  };
  while (at !== -1 && at + 1 < value.length) {
    // `$` and what follows are consumed as a pair, whatever follows
    let next = at + 2;
    if (value[at + 1] === '$') {
      push({ kind: 'escape', text: '$', raw: '$$' }, at, next);
    } else if (value[at + 1] === '(' && lastClose > at) {
      next = value.indexOf(')', at) + 1;
      const name = value.slice(at + 2, next - 1);
      if (name !== '') push({ kind: 'reference', name, raw: value.slice(at, next) }, at, next);
    }
    at = value.indexOf('$', next);
  }
  if (textFrom < value.length) tokens.push({ kind: 'text', text: value.slice(textFrom) });
  return tokens;
}

/** Names of the live references in a value, in the order in which they stand, each once. */
export function referencesOf(value: string): readonly string[] {
  if (!value.includes('$(')) return [];
  return [...new Set(scan(value).flatMap((token) => (token.kind === 'reference' ? [token.name] : [])))];
}
