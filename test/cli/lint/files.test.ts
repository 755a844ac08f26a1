/** Which files of a folder are read, and what is said of those that cannot be or hold nothing. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runFix } from '../../../src/cli/fix/command.ts';
import { runGraph } from '../../../src/cli/graph/command.ts';
import { runLint } from '../../../src/cli/lint/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';
import { podWith } from './linting.ts';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-files-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const LATE = podWith('env: [{name: A, value: $(B)}, {name: B, value: b}]');

function files(name: string, texts: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true });
    writeFileSync(join(folder, name, path), text);
  }
  return join(folder, name);
}

async function linted(...args: readonly string[]) {
  const terminal = capturedTerminal();
  const code = await runLint(args, terminal);
  return { code, ...terminal.written };
}

describe('lint of a folder', () => {
  it('reads neither hidden folders nor JSON without an object, with comments or without', async () => {
    const path = files('tools', {
      '.devcontainer/devcontainer.json': '// For format details\n{ "name": "x" }',
      '.github/workflow.yaml': 'on: {{ x }}',
      'tsconfig.json': '{\n  // comment\n  "compilerOptions": {},\n}',
      'package.json': '{"name": "x"}',
      'k8s/pod.yaml': podWith('env: []'),
    });
    expect(await linted(path)).toEqual({ code: 0, out: '', err: '' });
  });

  it('reads JSON that holds an object', async () => {
    const path = files('json', {
      'pod.json': JSON.stringify(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 1 } },
        null,
        2,
      ),
    });
    expect((await linted(path)).out).toContain('[field-type]');
  });

  it.each(['charts', 'charts/**', '*/x.yaml', 'x.*', '**/x.yaml'])(
    'leaves out what --exclude %s means',
    async (pattern) => {
      const path = files('excluded', { 'charts/x.yaml': 'a: {{ b }}', 'pod.yaml': podWith('env: []') });
      expect(await linted('--exclude', pattern, path)).toEqual({ code: 0, out: '', err: '' });
    },
  );

  it('names a folder that it may not read, and goes on', async () => {
    // root may read everything, so the folder is one that is none
    const path = files('unreadable', { 'a/x.yaml': LATE, 'b/y.yaml': LATE });
    chmodSync(join(path, 'a'), 0o000);
    const { code, out, err } = await linted(path);
    chmodSync(join(path, 'a'), 0o755);
    expect(out).toContain('y.yaml');
    if (process.getuid?.() === 0) return;
    expect({ code, err }).toEqual({ code: 2, err: `${join(path, 'a')}: may not be read by this user\n` });
  });
});

describe('nothing to read', () => {
  const empty = files('empty', { 'readme.txt': '' });

  it.each([
    ['lint', runLint, []],
    ['fix', runFix, ['--check']],
    ['graph', runGraph, []],
  ] as const)('is said by %s, and is a failure when asked for', async (_, run, args) => {
    for (const [more, code] of [
      [[], 0],
      [['--fail-on-empty'], 2],
    ] as const) {
      const terminal = capturedTerminal();
      expect(await run([...args, ...more, empty], terminal)).toBe(code);
      expect(terminal.written.err).toBe('no objects found\n');
    }
  });

  it('is said of an empty standard input and of a file without an object', async () => {
    expect(await linted()).toMatchObject({ code: 0, err: 'no objects found\n' });
    expect(await linted(join(files('values', { 'values.yaml': 'a: b' }), 'values.yaml'))).toMatchObject({
      err: 'no objects found\n',
    });
  });
});
