import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runFix } from '../../../src/cli/fix/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';

const pod = (env: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec:\n  containers:\n    - name: main\n${env}`;
const LATE = pod(`      env: # in any order
        # where the data is
        - name: URL # trailing
          value: "nats://$(USER)@nats"

        # who it is
        - name: USER
          value: 'shop'
      image: x # stays
`);
const FIXED = pod(`      env: # in any order

        # who it is
        - name: USER
          value: 'shop'
        # where the data is
        - name: URL # trailing
          value: "nats://$(USER)@nats"
      image: x # stays
`);
const CYCLE = pod('      env: [{name: A, value: $(B)}, {name: B, value: $(A)}]\n');

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-fix-'));
  file = join(folder, 'a.yaml');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function fixInput(input: string, ...args: readonly string[]) {
  const terminal = capturedTerminal(input);
  return { code: await runFix(args, terminal), ...terminal.written };
}

async function fixFile(text: string, ...args: readonly string[]) {
  writeFileSync(file, text);
  const result = await fixInput('', ...args, folder);
  expect(readdirSync(folder)).toEqual(['a.yaml']);
  return { ...result, text: readFileSync(file, 'utf8') };
}

describe('fix', () => {
  it('moves an entry with the comments above and behind it, and nothing else', async () => {
    expect(await fixFile(LATE)).toEqual({ code: 0, out: '', err: '', text: FIXED });
  });

  it('keeps a comment with the entry below it, where the value above is left out', async () => {
    const entries = [
      '        - name: URL\n          value: $(USER)\n',
      '        - name: EMPTY\n          value: # nothing\n',
      '        - name: NONE\n          value:\n',
      '        # who it is\n        - name: USER\n          value: x\n',
    ];
    const [url, empty, none, user] = entries;
    expect((await fixFile(pod(`      env:\n${entries.join('')}`))).text).toBe(
      pod(`      env:\n${user}${url}${empty}${none}`),
    );
  });

  it('passes standard input on, in order', async () => {
    expect(await fixInput(LATE)).toEqual({ code: 0, out: FIXED, err: '' });
  });

  it('leaves alone what is right, byte by byte', async () => {
    const text = `%YAML 1.1\n---\r\n${FIXED}---\n\n# nothing\n---\n{"a": [1,   2]}\n...\n`;
    expect(await fixInput(text)).toEqual({ code: 0, out: text, err: '' });
  });

  it('puts JSON in order', async () => {
    const text = JSON.stringify(
      { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ env: [{ name: 'A', value: '$(B)' }, { name: 'B' }] }] } },
      null,
      2,
    );
    const { out } = await fixInput(text);
    expect(out.length).toBe(text.length);
    expect(
      (JSON.parse(out) as { spec: { containers: { env: { name: string }[] }[] } }).spec.containers[0]?.env.map(
        ({ name }) => name,
      ),
    ).toEqual(['B', 'A']);
  });

  it('puts a list that containers share by an alias in order once', async () => {
    const text = pod(
      '      env: &env\n        - {name: A, value: $(B)}\n        - {name: B, value: x}\n    - name: second\n      env: *env\n',
    );
    const { out, code } = await fixInput(text);
    expect(code).toBe(0);
    expect(out).toContain(
      '      env: &env\n        - {name: B, value: x}\n        - {name: A, value: $(B)}\n    - name: second\n      env: *env\n',
    );
  });

  it('refuses to put an anchor behind its alias', async () => {
    const text = pod(
      '      env:\n        - {name: A, value: &late $(C)}\n        - {name: B, value: *late}\n        - {name: C, value: $(B)}\n',
    ).replace('value: $(B)', 'value: x');
    const moved = await fixInput(text);
    expect(moved.code).toBe(0);
    const alias = pod(
      '      env:\n        - {name: A, value: "$(C)$(B)"}\n        - {name: B, value: &text x}\n        - {name: C, value: *text}\n',
    );
    const { code, err, out } = await fixInput(alias);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/Pod\/shop container main: not reordered: an anchor/);
  });

  it('refuses a cycle and a duplicate, and lets nothing through to what reads its output', async () => {
    const twice = pod('      env: [{name: A, value: $(B)}, {name: B, value: x}, {name: B, value: y}]\n');
    expect(await fixInput(CYCLE)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('A → B → A is a cycle') as string,
    });
    expect(await fixInput(twice)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('B occurs more than once in the list') as string,
    });
    expect((await fixFile(CYCLE)).text).toBe(CYCLE);
  });

  it('with --check writes nothing and tells', async () => {
    expect(await fixFile(LATE, '--check')).toMatchObject({
      code: 1,
      text: LATE,
      err: expect.stringContaining('env is out of order') as string,
    });
    expect(await fixFile(FIXED, '--check')).toEqual({ code: 0, text: FIXED, out: '', err: '' });
  });

  it('with --diff writes nothing but a difference', async () => {
    const { code, out, text } = await fixFile(LATE, '--diff');
    expect({ code, text }).toEqual({ code: 0, text: LATE });
    const kept = out.split('\n').slice(3, -1);
    expect(
      kept
        .filter((line) => !line.startsWith('+'))
        .map((line) => line.slice(1))
        .join('\n'),
    ).toBe(LATE.split('\n').slice(4, -1).join('\n'));
    expect(
      kept
        .filter((line) => !line.startsWith('-'))
        .map((line) => line.slice(1))
        .join('\n'),
    ).toBe(FIXED.split('\n').slice(4, -1).join('\n'));
  });

  it('keeps the mode of a file and follows a link', async () => {
    writeFileSync(file, LATE);
    chmodSync(file, 0o640);
    symlinkSync(file, join(folder, 'link'));
    expect((await fixInput('', join(folder, 'link'))).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(FIXED);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['a.yaml', 'link']);
  });

  it('keeps a hard link', async () => {
    writeFileSync(join(folder, 'a.yaml'), LATE);
    linkSync(join(folder, 'a.yaml'), join(folder, 'b.txt'));
    expect(await runFix([join(folder, 'a.yaml')], capturedTerminal())).toBe(0);
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toBe(FIXED);
  });

  it('leaves a file alone that may only be read', async () => {
    const path = join(folder, 'a.yaml');
    writeFileSync(path, LATE);
    chmodSync(path, 0o444);
    const terminal = capturedTerminal();
    expect(await runFix([path], terminal)).toBe(2);
    expect(terminal.written.err).toBe(`${path}: is read-only: run chmod u+w on it\n`);
    expect(readFileSync(path, 'utf8')).toBe(LATE);
  });

  it('writes nothing of a file whose later document cannot be read: one error, exit 2', async () => {
    const text = `${LATE}---\na: [1\nb: }\n`;
    const result = await fixFile(text);
    expect(result).toMatchObject({ code: 2, text, out: '' });
    expect(result.err).toMatch(/^\S+a\.yaml:\d+:\d+: is not YAML: .*\n$/);
  });
});
