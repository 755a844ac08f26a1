/** Paths that are left out of a folder: patterns as .gitignore has them, with `*`, `**` and `?`. */

/** Tells whether a path is left out, by patterns: one without a slash fits a name at any depth, another the path from its start. */
export function exclusionOf(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map(expressionOf);
  return (path) => {
    const plain = path.replaceAll('\\', '/').replace(/^\.\//, '');
    return expressions.some((expression) => expression.test(plain));
  };
}

function expressionOf(pattern: string): RegExp {
  const plain = pattern.replace(/^\.\//, '').replace(/\/$/, '');
  const body = plain
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => WILDCARDS[part] ?? part.replace(/[.+^${}()|[\]\\]/g, '\\$&'))
    .join('');
  const start = plain.includes('/') ? '^' : '(?:^|/)';
  return new RegExp(`${start}${body}(?:$|/)`);
}

const WILDCARDS: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
};
