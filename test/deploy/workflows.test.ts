import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly permissions: unknown;
  readonly concurrency: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = '.github/workflows';
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe.each(readdirSync(FOLDER))('%s', (file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, { steps: found = [] }]) => found);

  it('grants nothing to every job, and to each job what it names', () => {
    expect(workflow.permissions).toEqual({});
    expect(jobs.filter(([, { permissions }]) => permissions === undefined)).toEqual([]);
  });

  it('runs one at a time, and no job without an end', () => {
    expect(workflow.concurrency).toBeDefined();
    expect(jobs.filter(([, job]) => job.uses === undefined && job['timeout-minutes'] === undefined)).toEqual([]);
  });

  it('takes each action of others by a commit, with its version beside it', () => {
    const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, found = '']) => found);
    expect(uses.length).toBeGreaterThan(0);
    const loose = uses.filter((one) => !/^\.\/|@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(one));
    expect(loose).toEqual([]);
  });

  it('puts no text from outside into a shell', () => {
    expect(steps.filter(({ run }) => run?.includes('${{') === true)).toEqual([]);
  });

  it('calls scripts that package.json has', () => {
    const called = steps.flatMap(({ run = '' }) =>
      [...run.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name),
    );
    expect(called.filter((name) => name === undefined || scripts[name] === undefined)).toEqual([]);
  });
});

it('takes every action by the same commit everywhere', () => {
  const pins = readdirSync(FOLDER).flatMap((file) =>
    [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/uses: ([^@\s]+)@(\S+)/g)].map(
      ([, name = '', pin = '']) => [name, pin] as const,
    ),
  );
  expect(new Set(pins.map((pin) => pin.join('@'))).size).toBe(new Set(pins.map(([name]) => name)).size);
});
