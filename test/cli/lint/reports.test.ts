import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runLint } from '../../../src/cli/lint/command.ts';
import type { Finding } from '../../../src/cli/lint/finding.ts';
import { sarifLog } from '../../../src/cli/lint/sarif.ts';
import { capturedTerminal } from '../captured-terminal.ts';
import { podWith, rulesBroken } from './linting.ts';

const LATE = "env:\n  - {name: A, value: '$(B)'}\n  - {name: B, value: x}";
const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-report-'));
const file = join(folder, 'a%b.yaml');

const FINDING: Finding = {
  rule: 'env-late',
  severity: 'error',
  file,
  line: 1,
  column: 1,
  object: 'Pod/shop',
  container: undefined,
  message: 'it is late',
};

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function output(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  writeFileSync(file, podWith(LATE));
  const terminal = capturedTerminal();
  return { code: await runLint([...args, file], terminal), out: terminal.written.out };
}

describe('a finding is written', () => {
  it('as a line of text with file, line, column, object, container, way out and rule', async () => {
    const { code, out } = await output();
    expect(code).toBe(1);
    expect(out).toBe(
      `${file}:8:28: error: store/Pod/shop container main: $(B) is defined only further down, so it is not expanded (a reference sees only variables above it): put B before A [env-late]\n`,
    );
  });

  it('as JSON, with the page of its rule', async () => {
    const [finding] = JSON.parse((await output('--json')).out) as readonly object[];
    expect(finding).toMatchObject({ rule: 'env-late', line: 8, column: 28, page: 'docs/cli/rules/env-late.md' });
  });

  it('as an annotation of GitHub, whose special characters are escaped', async () => {
    const { out } = await output('--format', 'github');
    expect(out).toMatch(
      /^::error file=\S*a%25b\.yaml,line=8,col=28,title=env-late::store\/Pod\/shop container main: .*\n$/,
    );
  });

  it.each([
    ['k8s/a b#1?.yaml', 'k8s/a%20b%231%3F.yaml'],
    ['./k8s/../k8s/ü.yaml', 'k8s/%C3%BC.yaml'],
    ['/k8s/a%b.yaml', 'file:///k8s/a%25b.yaml'],
    ['(standard input)', '(standard%20input)'],
  ])('as SARIF in which %s is the URI %s', (name, uri) => {
    expect(JSON.stringify(sarifLog([{ ...FINDING, file: name }], []))).toContain(JSON.stringify({ uri }));
  });

  it('as SARIF in which all is there that its schema asks for, and in its terms', async () => {
    const log = JSON.parse((await output('--format', 'sarif')).out) as {
      readonly version: string;
      readonly runs: readonly {
        readonly tool: {
          readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] };
        };
        readonly columnKind: string;
        readonly results: readonly {
          readonly message: { readonly text: string };
          readonly level: string;
          readonly ruleIndex: number;
          readonly locations: readonly {
            readonly physicalLocation: {
              readonly artifactLocation: { readonly uri: string };
              readonly region: { readonly startLine: number; readonly startColumn: number };
            };
          }[];
        }[];
      }[];
    };
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    expect(run?.tool.driver.name).toBe('cdk8s-nats');
    expect(run?.columnKind).toBe('utf16CodeUnits');
    for (const { message, level, ruleIndex, locations } of run?.results ?? []) {
      expect(message.text).not.toBe('');
      expect(['none', 'note', 'warning', 'error']).toContain(level);
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe('env-late');
      const [place] = locations;
      expect(place?.physicalLocation.region).toEqual({ startLine: 8, startColumn: 28 });
      expect(URL.canParse(place?.physicalLocation.artifactLocation.uri ?? '')).toBe(true);
    }
  });

  it('as SARIF in which a file outside the working directory has no dot segments', () => {
    expect(JSON.stringify(sarifLog([{ ...FINDING, file: '../a.yaml' }], []))).toMatch(
      /"uri":"file:\/\/\/(?!.*\.\.).*a\.yaml"/,
    );
  });

  it('as SARIF of a run that did not succeed, when something could not be read', async () => {
    const terminal = capturedTerminal('a: [');
    expect(await runLint(['--format', 'sarif'], terminal)).toBe(2);
    const { runs } = JSON.parse(terminal.written.out) as { runs: [{ invocations: unknown[]; results: unknown[] }] };
    expect(runs[0].results).toEqual([]);
    expect(runs[0].invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [{ level: 'error', message: { text: terminal.written.err.trimEnd() } }],
      },
    ]);
  });

  it('not at all when nothing is wrong: exit 0', async () => {
    const terminal = capturedTerminal(podWith('image: x'));
    expect(await runLint([], terminal)).toBe(0);
    expect(terminal.written).toEqual({ out: '', err: '' });
  });
});

describe('a rule is silenced', () => {
  it('by a flag', async () => {
    expect(await rulesBroken(podWith(LATE), '--disable', 'env-late,env-unknown')).toEqual([]);
  });

  it.each(['env-late', 'env-unknown, env-late', 'all'])('by the annotation %s of its object', async (text) => {
    const annotated = podWith(LATE).replace(
      '{name: shop,',
      `{name: shop, annotations: {cdk8s-nats.dev/lint-disable: "${text}"},`,
    );
    expect(await rulesBroken(annotated)).toEqual([]);
  });

  it('but not by the annotation for another rule', async () => {
    const annotated = podWith(LATE).replace(
      '{name: shop,',
      '{name: shop, annotations: {cdk8s-nats.dev/lint-disable: "env-cycle"},',
    );
    expect(await rulesBroken(annotated)).toEqual(['env-late']);
  });

  it('only when there is such a rule', async () => {
    await expect(rulesBroken('', '--disable', 'env-latte')).rejects.toThrow('unknown rule env-latte');
  });
});
