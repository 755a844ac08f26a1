import type { Finding } from '../../../src/cli/lint/finding.ts';
import { runLint } from '../../../src/cli/lint/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';

/** What `lint` finds in a text. */
export async function findingsIn(text: string, ...args: readonly string[]): Promise<readonly Finding[]> {
  const terminal = capturedTerminal(text);
  await runLint(['--json', ...args], terminal);
  if (terminal.written.err !== '') throw new Error(terminal.written.err);
  return JSON.parse(terminal.written.out) as readonly Finding[];
}

/** Ids of the rules that are broken in a text, in order. */
export async function rulesBroken(text: string, ...args: readonly string[]): Promise<readonly string[]> {
  return (await findingsIn(text, ...args)).map(({ rule }) => rule);
}

/** A Pod with one container, given the lines of the container. */
export function podWith(container: string, spec = ''): string {
  const indented = container
    .trim()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: shop, namespace: store}\nspec:\n${spec}  containers:\n    - name: main\n${indented}\n`;
}
