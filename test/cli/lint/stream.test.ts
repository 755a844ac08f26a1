import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runLint } from '../../../src/cli/lint/command.ts';
import { capturedTerminal, pieces, type CapturedTerminal } from '../captured-terminal.ts';
import { podWith } from './linting.ts';

const FAULTY = podWith("env: [{name: A, value: '$(B)'}, {name: B, value: x}]");
const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-lint-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function exitAndError(input: string | AsyncIterable<Uint8Array>, ...args: readonly string[]) {
  const terminal = capturedTerminal(input);
  const code = await runLint(args, terminal);
  return { code, lines: terminal.written.err.split('\n').filter((line) => line !== ''), out: terminal.written.out };
}

describe('a stream of many documents', () => {
  it('gives the first finding before its end is read', async () => {
    const told: string[] = [];
    async function* input(): AsyncGenerator<Uint8Array> {
      yield* pieces([FAULTY, '---\n', FAULTY, '---\n']);
      told.push(terminal.written.out);
    }
    const terminal: CapturedTerminal = capturedTerminal(input());
    expect(await runLint([], terminal)).toBe(1);
    expect(told[0]).toMatch(/^\(standard input\):7:\d+: error: store\/Pod\/shop container main: .*\[env-late\]\n/);
  });

  it('is cut wherever a piece ends', async () => {
    const text = `# first\r\n---\n${FAULTY}...\n%YAML 1.2\n---\n${FAULTY}`;
    const whole = await exitAndError(text);
    const cut = await exitAndError(pieces(text));
    expect(cut).toEqual(whole);
    expect(whole.out.match(/env-late/g)).toHaveLength(2);
  });
});

describe('JSON objects one after the other', () => {
  const object = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      containers: [
        {
          name: 'a',
          env: [
            { name: 'A', value: '$(B) }{' },
            { name: 'B', value: '"\\{' },
          ],
        },
      ],
    },
  });

  it.each([
    ['a line each', undefined],
    ['over several lines', 2],
  ])('are read, %s, and what is found in each has its line', async (_, indent) => {
    const texts = ['one', 'two'].map((name) => `${JSON.stringify(object(name), undefined, indent)}\n`);
    const { out } = await exitAndError(texts.join(''), '--json');
    const found = JSON.parse(out) as readonly { readonly object: string; readonly line: number }[];
    expect(found.map((it) => it.object)).toEqual(['Pod/one', 'Pod/two']);
    const lineOfValue = (texts[0] ?? '').split('\n').findIndex((line) => line.includes('$(B)')) + 1;
    const linesOfOne = (texts[0] ?? '').split('\n').length - 1;
    expect(found.map((it) => it.line)).toEqual([lineOfValue, lineOfValue + linesOfOne]);
  });

  it('within one line are one clear error', async () => {
    const text = JSON.stringify(object('one')) + JSON.stringify(object('two'));
    const { code, lines } = await exitAndError(text);
    expect(code).toBe(2);
    expect(lines).toEqual(['(standard input):1: two JSON objects in one line: write one per line, as jq -c . does']);
  });

  it.each([
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    {}\n    {\n',
    `{apiVersion: v1, kind: Pod, metadata: {name: "a"}, spec: {containers: [{name: a, args: ['}{', "{",\n{: 1}\n]}]}}\n`,
  ])('are told from YAML with curly brackets: %j', async (yaml) => {
    // a map is no word, which is another matter
    expect(await exitAndError(yaml, '--disable', 'field-type')).toEqual({ code: 0, lines: [], out: '' });
  });
});

describe('what cannot be read is one clear error and exit 2', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
    .split('')
    .map(
      (name, index) =>
        `${name}: &${name} [${Array(9)
          .fill(`*${'abcdefghi'[index] ?? ''}`)
          .join(',')}]`,
    )
    .join('\n')}\n`;

  it.each([
    ['malformed YAML', 'a: [1, 2\nb: }', /^\(standard input\):\d+:\d+: is not YAML: /],
    ['a template that was not rendered', 'a: {{ .Values.x }}\n- b', /render it first/],
    ['binary', '\u0000\u0001\u0002', /is not UTF-8/],
    ['an alias bomb', bomb, /excessive alias count/],
    ['nesting without end', '['.repeat(200_000), /nested too deeply|is not YAML/],
  ])('%s', async (_, text, message) => {
    const { code, lines } = await exitAndError(text);
    expect(code).toBe(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(message);
  });

  it('a line of 100 MB, without reading it to its end', async () => {
    let read = 0;
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const line = (async function* () {
      for (; read < 100; read += 1) yield await Promise.resolve(mebibyte);
    })();
    const { code, lines } = await exitAndError(line);
    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringMatching(/a line is longer than 4 MiB/)]);
    expect(read).toBeLessThan(10);
  });

  it('a file that vanishes between listing and reading, while the others are judged', async () => {
    writeFileSync(join(folder, 'a.yaml'), FAULTY);
    const terminal = capturedTerminal();
    const { textSources } = await import('../../../src/manifests/source/text-source.ts');
    const { lint } = await import('../../../src/cli/lint/linter.ts');
    writeFileSync(join(folder, 'b.yaml'), FAULTY);
    const sources = await textSources([folder], terminal.stdin);
    rmSync(join(folder, 'b.yaml'));
    const events = await collected(lint(sources, { rules: new Set(['env-late']), complete: false }));
    expect(events.map(({ kind }) => kind)).toEqual(['read', 'finding', 'unreadable']);
  });

  it('a name that does not exist', async () => {
    await expect(exitAndError('', join(folder, 'nowhere.yaml'))).rejects.toThrow(/nowhere\.yaml: does not exist/);
  });
});

async function collected<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}
