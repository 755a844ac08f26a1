/** Fields of a JSON answer that say in words what is wrong, the best first. */
const WORDS = ['detail', 'message', 'error', 'reason', 'title'] as const;

interface DependencyAnswer {
  readonly up?: unknown;
  readonly detail?: unknown;
}

/** Why a check failed, in a line for a person: of JSON the parts that say so, else the first line of the text. */
export function reasonOf(body: string): string {
  const text = body.trim();
  if (!text.startsWith('{') && !text.startsWith('[')) return text.split('\n')[0] ?? '';
  try {
    return wordsOf(JSON.parse(text) as Readonly<Record<string, unknown>>);
  } catch {
    // cut off, or no JSON after all
    return '';
  }
}

/** Of a problem its words; of `/readyz` what the service does and which of its dependencies are away. */
function wordsOf(answer: Readonly<Record<string, unknown>>): string {
  const said = WORDS.map((field) => answer[field]).find((value) => typeof value === 'string');
  if (said !== undefined) return said;
  const { phase, dependencies, stuck } = answer;
  const away = Object.entries((dependencies ?? {}) as Readonly<Record<string, DependencyAnswer | null>>).filter(
    ([, state]) => state?.up === false,
  );
  return [
    ...(typeof phase === 'string' && phase !== 'ready' ? [phase] : []),
    ...away.map(([name, state]) =>
      typeof state?.detail === 'string' ? `${name}: ${state.detail}` : `${name} is away`,
    ),
    ...(Array.isArray(stuck) && stuck.length > 0 ? [`stuck: ${stuck.join(', ')}`] : []),
  ].join('; ');
}
