import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const dist = 'test/local/fixtures/dist';
const settings = 'test/local/fixtures/local.json';

let folder: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-command-'));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly errors: string[];
  /** Fulfilled with the first line that holds a text. */
  line(text: string): Promise<string>;
  readonly code: Promise<number>;
}

function local(...args: string[]): Run {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true, mode: 0o755 });
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'local', '--install', ...args], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const lines: string[] = [];
  const errors: string[] = [];
  const out = createInterface({ input: child.stdout });
  out.on('line', (line) => lines.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const line = async (text: string): Promise<string> => {
    const known = lines.find((one) => one.includes(text));
    if (known !== undefined) return known;
    return await new Promise((resolve, reject) => {
      out.on('line', (one) => {
        if (one.includes(text)) resolve(one);
      });
      out.on('close', () => reject(new Error(`no line with ${text}: ${[...lines, ...errors].join('\n')}`)));
    });
  };
  const code = once(child, 'close').then(([exit]: unknown[]) => Number(exit));
  return { child, lines, errors, line, code };
}

/** Process ids whose command line or environment names the temporary folder of this test. */
function leftProcesses(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => ['cmdline', 'environ'].some((file) => procText(pid, file).includes(folder)));
}

function procText(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

describe('cdk8s-nats local', () => {
  it('prints each event as JSON, at last that all is ready and where, and ends with SIGTERM leaving nothing', async () => {
    const run = local(dist, '--settings', settings, '--port', '0', '--json');
    const { ready, url } = JSON.parse(await run.line('"ready":true')) as { ready: boolean; url: string };
    expect(ready).toBe(true);
    expect((await fetch(`${url}/x`)).status).toBe(200);
    for (const line of run.lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
    run.child.kill('SIGTERM');
    expect(await run.code).toBe(0);
    // The shell beside it needs a moment to see that all is cleared.
    await expect.poll(leftProcesses, { timeout: 10_000 }).toEqual([]);
    expect(entries(join(folder, 'tmp'))).toEqual([]);
  });

  it('takes the Ctrl-C that npm passes on for the same one: the servers end in order', async () => {
    const data = join(folder, 'data');
    mkdirSync(data, { mode: 0o755 });
    const run = local(dist, '--settings', settings, '--port', '0', '--json', '--data', data);
    await run.line('"ready":true');
    expect(existsSync(join(data, 'claims/data-postgres/pgdata/postmaster.pid'))).toBe(true);
    run.child.kill('SIGINT');
    run.child.kill('SIGINT');
    await run.line('"state":"stopping"');
    run.child.kill('SIGINT');
    expect(await run.code).toBe(0);
    expect(existsSync(join(data, 'claims/data-postgres/pgdata/postmaster.pid'))).toBe(false);
  });

  it('ends at once at another Ctrl-C a second later', async () => {
    const hanging = join(folder, 'hanging.json');
    const script = "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1e6)";
    const command = [process.execPath, '-e', script];
    writeFileSync(hanging, JSON.stringify({ images: { '*': { command, probePath: '/' } } }));
    const run = local(dist, '--settings', hanging, '--port', '0', '--json');
    await run.line('"name":"hello-0","state":"starting"');
    const impatient = setInterval(() => run.child.kill('SIGINT'), 200);
    expect(await run.code).toBe(130);
    clearInterval(impatient);
    await expect.poll(leftProcesses, { timeout: 10_000 }).toEqual([]);
  });

  it('leaves nothing when it is killed', async () => {
    const run = local(dist, '--settings', settings, '--port', '0', '--json');
    await run.line('"ready":true');
    expect(leftProcesses().length).toBeGreaterThan(5);
    run.child.kill('SIGKILL');
    await run.code;
    await expect.poll(leftProcesses, { timeout: 10_000 }).toEqual([]);
    await expect.poll(() => entries(join(folder, 'tmp')), { timeout: 10_000 }).toEqual([]);
  });

  it('keeps claims and secrets in the folder of --data', async () => {
    const data = join(folder, 'data');
    mkdirSync(data, { mode: 0o755 });
    const once = async (): Promise<Record<string, string>> => {
      const run = local(dist, '--settings', settings, '--port', '0', '--json', '--data', data);
      const { url } = JSON.parse(await run.line('"ready":true')) as { url: string };
      const env = (await (await fetch(`${url}/env`)).json()) as Record<string, string>;
      run.child.kill('SIGINT');
      expect(await run.code).toBe(0);
      return env;
    };
    const [first, second] = [await once(), await once()];
    expect(second.DB_PASS).toBe(first.DB_PASS);
    expect(existsSync(join(data, 'claims/data-postgres/pgdata/PG_VERSION'))).toBe(true);
  });

  it('gives up with the reasons when not all is ready within --timeout', async () => {
    const broken = join(folder, 'broken.json');
    const command = [process.execPath, '-e', "console.error('the disk is gone'); process.exit(1)"];
    writeFileSync(broken, JSON.stringify({ images: { '*': { command } } }));
    const run = local(dist, '--settings', broken, '--port', '0', '--timeout', '2');
    expect(await run.code).toBe(1);
    expect(run.errors.join('\n')).toMatch(/not ready[^]*hello-0 is \w+ after 2000 ms: [^]*the disk is gone/);
    expect(run.lines.join('\n')).toMatch(/hello-0 is failed at port \d+: exited with 1: the disk is gone/);
  });

  it('ends with SIGTERM also while something is not ready', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(
      broken,
      JSON.stringify({ images: { '*': { command: [process.execPath, '-e', 'process.exit(1)'] } } }),
    );
    const run = local(dist, '--settings', broken, '--port', '0', '--json');
    await run.line('exited with 1');
    run.child.kill('SIGTERM');
    expect(await run.code).toBe(0);
    // The shell beside it needs a moment to see that all is cleared.
    await expect.poll(leftProcesses, { timeout: 10_000 }).toEqual([]);
  });

  it('ends when the build fails, with what it said', async () => {
    const broken = join(folder, 'broken.json');
    const build = [process.execPath, '-e', "console.error('a type is wrong'); process.exit(1)"];
    writeFileSync(broken, JSON.stringify({ build, images: { '*': { command: ['node'] } } }));
    const run = local(dist, '--settings', broken, '--port', '0');
    expect(await run.code).toBe(1);
    expect(run.errors.join('\n')).toMatch(/the build [^]* failed:\na type is wrong/);
  });

  it('says that a port is taken and which flag gives another', async () => {
    const run = local(dist, '--settings', settings, '--port', '0', '--json');
    const { url } = JSON.parse(await run.line('"ready":true')) as { url: string };
    const second = local(dist, '--settings', settings, '--port', new URL(url).port);
    expect(await second.code).toBe(1);
    expect(second.errors).toEqual([
      expect.stringMatching(
        /^cdk8s-nats local: the edge cannot listen on 127.0.0.1 port (\d+): port \1 is in use: choose another with --port$/,
      ),
    ]);
    // before anything was started
    expect(second.lines).toEqual([]);
    run.child.kill('SIGTERM');
    await run.code;
  });

  it.each([
    [['--replicas', '0'], /--replicas is 0, must be an integer of at least 1/],
    [['--nonsense'], /Unknown option '--nonsense'/],
    [['a', 'b'], /local takes one folder, not a, b/],
    [['--'], /no command follows --/],
    [['--watch', '--', 'true'], /--watch and a command cannot be combined/],
  ])('refuses %j with exit code 2', async (args, message) => {
    const run = local(...args);
    expect(await run.code).toBe(2);
    expect(run.errors.join('\n')).toMatch(message);
  });

  it.runIf(process.getuid?.() === 0)('says which folder is closed to the user of PostgreSQL', async () => {
    chmodSync(folder, 0o700);
    const run = local(dist, '--settings', settings, '--port', '0');
    expect(await run.code).toBe(1);
    expect(run.errors.join('\n')).toMatch(
      /is not accessible to user \d+, which PostgreSQL runs as[^]*chmod o\+x on it/,
    );
  });

  it('says in one line how to get manifests where a folder has none', async () => {
    const run = local(folder, '--settings', settings);
    expect(await run.code).toBe(1);
    expect(run.errors).toEqual([
      `cdk8s-nats local: ${folder}: contains no .yaml file: synthesize first (npm run synth)`,
    ]);
  });

  it('says in one line where settings are no JSON', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{"images": }');
    const run = local(dist, '--settings', broken);
    expect(await run.code).toBe(1);
    expect(run.errors).toEqual([expect.stringMatching(/broken\.json: invalid JSON, .*: correct it$/)]);
  });

  describe('with a command', () => {
    const withCommand = (script: string, ...args: readonly string[]): Run =>
      local(dist, '--settings', settings, '--port', '0', ...args, '--', process.execPath, '-e', script);

    it('runs it when everything is ready, prints nothing else, and ends with its code', async () => {
      const script =
        "fetch(process.env.PUBLIC_ORIGIN + '/x').then(({ status }) => { console.log(status); process.exitCode = 7 })";
      const run = withCommand(script);
      expect(await run.code).toBe(7);
      expect({ lines: run.lines, errors: run.errors }).toEqual({
        lines: ['200'],
        errors: [expect.stringContaining('web is skipped')],
      });
      await expect.poll(leftProcesses, { timeout: 10_000 }).toEqual([]);
    });

    it('ends it with SIGTERM', async () => {
      const run = withCommand("console.log('begun'); setInterval(() => undefined, 1e6)");
      await run.line('begun');
      run.child.kill('SIGTERM');
      expect(await run.code).toBe(143);
    });

    it('says in one line that it cannot be run', async () => {
      const run = local(dist, '--settings', settings, '--port', '0', '--', 'no-such-program');
      expect(await run.code).toBe(1);
      expect(run.errors.at(-1)).toMatch(/^cdk8s-nats local: the command no-such-program cannot be run: .*ENOENT$/);
    });
  });

  it('explains itself', async () => {
    const run = local('--help');
    expect(await run.code).toBe(0);
    expect(run.lines.join('\n')).toMatch(/--replicas <number>/);
  });
});

function entries(path: string): string[] {
  // tsx keeps its own cache and pipe there.
  return readdirSync(path).filter((name) => name.startsWith('cdk8s-nats'));
}
