/** What kubectl writes to standard error, taken apart: warnings of the server, and refusals with their cause. */

/** A refusal of one object. */
export interface Refusal {
  /** The cause as one word. */
  readonly reason: 'conflict' | 'forbidden' | 'quota' | 'unknown-field' | 'immutable-field' | 'invalid' | 'refused';
  readonly message: string;
}

const WARNING = /^Warning: (.*)$/;
/** Pages of advice that kubectl adds to a conflict. */
const ADVICE = /^Please review the fields above/;

/** Warnings of the server, each once. */
export function warningsIn(err: string): readonly string[] {
  return [...new Set(err.split('\n').flatMap((line) => WARNING.exec(line)?.[1] ?? []))];
}

/** Whether a warning says that PodSecurity would refuse the pods: for a Deployment the only sign before its pods fail. */
export function isPodSecurity(warning: string): boolean {
  return warning.startsWith('would violate PodSecurity');
}

/** Refusals, each once. */
export function refusalsIn(err: string): readonly Refusal[] {
  const lines = err.split('\n').filter((line) => !WARNING.test(line));
  const advice = lines.findIndex((line) => ADVICE.test(line));
  const said = (advice === -1 ? lines : lines.slice(0, advice))
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [...new Set(paragraphs(said))].map((message) => ({ reason: reasonOf(message), message }));
}

/** kubectl breaks a conflict over several lines; each other line is a refusal of its own. */
function paragraphs(lines: readonly string[]): readonly string[] {
  return lines.reduce<string[]>((texts, line) => {
    const last = texts.at(-1);
    const goesOn = line.startsWith('- ') || line.startsWith('* ') || /^conflicts? with /.test(line);
    return last !== undefined && goesOn ? [...texts.slice(0, -1), `${last} ${line}`] : [...texts, line];
  }, []);
}

function reasonOf(message: string): Refusal['reason'] {
  if (/Apply failed with \d+ conflict/.test(message)) return 'conflict';
  if (/exceeded quota/.test(message)) return 'quota';
  if (/strict decoding error|unknown field|field not declared in schema/.test(message)) return 'unknown-field';
  if (/immutable|updates to statefulset spec for fields other than/.test(message)) return 'immutable-field';
  if (/is forbidden|\(Forbidden\)/.test(message)) return 'forbidden';
  if (/is invalid|\(Invalid\)/.test(message)) return 'invalid';
  return 'refused';
}
