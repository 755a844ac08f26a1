import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMap, parseDocument } from 'yaml';
import { pageOf, RULES, SET_RULES, type RuleId } from '../../../src/cli/lint/rules.ts';
import { podWith, rulesBroken } from './linting.ts';

const IDS = Object.keys(RULES) as RuleId[];
const APPLIED = { always: 'always', complete: 'with `--complete`', enabled: 'when named by `--enable`' } as const;

describe('the pages of the rules', () => {
  it('are one for each rule of the table, and no other', () => {
    const pages = readdirSync('docs/cli/rules').map((file) => file.replace(/\.md$/, ''));
    expect(pages.sort()).toEqual([...IDS].sort());
  });

  it.each(IDS)('%s says what the table says', (id) => {
    const page = readFileSync(pageOf(id), 'utf8');
    const { summary, severity, applied } = RULES[id];
    expect(page).toContain(`# ${id}\n`);
    expect(page.toLowerCase()).toContain(`${summary.toLowerCase()}.\n`);
    expect(page).toContain(`Severity: ${severity}. Applied: ${APPLIED[applied]}.`);
    expect(page).toContain('## Way out');
  });

  it('are listed in the page of the checks, those across objects', () => {
    const page = readFileSync('docs/constructs/checks.md', 'utf8');
    expect(SET_RULES.filter((id) => !page.includes(`\`${id}\``))).toEqual([]);
  });

  const examples = IDS.flatMap((id) => {
    const example = /```yaml\n([\s\S]*?)```/.exec(readFileSync(pageOf(id), 'utf8'))?.[1];
    return example !== undefined && isContainer(example) ? [[id, example] as const] : [];
  });

  it.each(examples)('%s shows a container that breaks it', async (id, example) => {
    const text = `${podWith(example)}---
{apiVersion: v1, kind: ConfigMap, metadata: {name: defaults, namespace: store}, data: {HOST: old.example}}
`;
    expect(await rulesBroken(text)).toContain(id);
  });
});

function isContainer(example: string): boolean {
  const { contents } = parseDocument(example);
  return isMap(contents) && ['env', 'args', 'envFrom', 'volumeMounts'].some((key) => contents.has(key));
}
