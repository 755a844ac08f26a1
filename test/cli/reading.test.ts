/** What the subcommands that answer a question do with files of which one cannot be read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runExplain } from '../../src/cli/explain/command.ts';
import { runGraph } from '../../src/cli/graph/command.ts';
import { capturedTerminal } from './captured-terminal.ts';
import { podWith } from './lint/linting.ts';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-reading-'));
writeFileSync(join(folder, 'a.yaml'), 'a: [\n');
writeFileSync(join(folder, 'b.yaml'), podWith("env: [{name: MODE, value: 'fast'}]"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a file that cannot be read is named, the others are read, and the exit code is 2:', () => {
  it.each([
    ['explain', runExplain, ['shop', 'MODE'], 'MODE = fast'],
    ['graph', runGraph, [], '"shop"'],
  ] as const)('%s', async (_, run, args, answer) => {
    const terminal = capturedTerminal();
    expect(await run([...args, folder], terminal)).toBe(2);
    expect(terminal.written.err).toContain('a.yaml:2:1: is not YAML');
    expect(terminal.written.out).toContain(answer);
    const whole = capturedTerminal();
    expect(await run([...args, '--exclude', 'a.yaml', folder], whole)).toBe(0);
    expect(whole.written).toEqual({ out: terminal.written.out, err: '' });
  });
});
