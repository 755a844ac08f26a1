import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** A program of the machine that the runner or a test needs. */
export type ProgramName =
  'postgres' | 'psql' | 'pgbouncer' | 'redis-server' | 'nats-server' | 'ffmpeg' | 'ffprobe' | 'chromium';

interface ProgramSource {
  /** Names under which it may be installed. */
  readonly commands: readonly string[];
  /** Debian package that holds it. */
  readonly debianPackage: string;
  /** Where else to look; `*` stands for one folder, the highest version wins. */
  readonly folders?: readonly string[];
  /** Environment variable that names a running server to use instead. */
  readonly addressVariable?: string;
}

const POSTGRES_FOLDERS = ['/usr/lib/postgresql/*/bin', '/opt/homebrew/opt/postgresql/bin'];

const SOURCES: Readonly<Record<ProgramName, ProgramSource>> = {
  postgres: {
    commands: ['postgres'],
    debianPackage: 'postgresql',
    folders: POSTGRES_FOLDERS,
    addressVariable: 'TEST_DATABASE_URL',
  },
  psql: { commands: ['psql'], debianPackage: 'postgresql-client', folders: POSTGRES_FOLDERS },
  pgbouncer: { commands: ['pgbouncer'], debianPackage: 'pgbouncer' },
  'redis-server': { commands: ['redis-server'], debianPackage: 'redis-server', addressVariable: 'TEST_REDIS_URL' },
  'nats-server': { commands: ['nats-server'], debianPackage: 'nats-server', addressVariable: 'TEST_NATS_URL' },
  ffmpeg: { commands: ['ffmpeg'], debianPackage: 'ffmpeg' },
  ffprobe: { commands: ['ffprobe'], debianPackage: 'ffmpeg' },
  chromium: { commands: ['chromium', 'chromium-browser', 'google-chrome'], debianPackage: 'chromium' },
};

const SYSTEM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'];
const APT_TIMEOUT_MS = 10 * 60_000;

const run = promisify(execFile);

/** Path of a program that is installed, or undefined. */
export function findProgram(name: ProgramName): string | undefined {
  const { commands, folders = [] } = SOURCES[name];
  const places = [...folders.flatMap(versionsOf), ...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  return commands.flatMap((command) => places.map((place) => join(place, command))).find(isExecutable);
}

/** Whether the environment names a running server to use instead of a program. */
export function isServerNamed(name: ProgramName): boolean {
  const { addressVariable } = SOURCES[name];
  return addressVariable !== undefined && (process.env[addressVariable] ?? '') !== '';
}

/** Throws if programs are not installed, with all of them and the way to get them; `askFor` is how to have them installed. */
export function assertInstalled(names: readonly ProgramName[], askFor = 'run with --install'): void {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((name) => SOURCES[name].debianPackage))].join(' ');
  throw new Error(
    `${missing.join(', ')}: not installed: put each on PATH (Debian: apt-get install ${packages}), or ${askFor}`,
  );
}

/**
 * Path of a program: an installed one, else one that is installed now, where that is allowed (Debian, as root).
 * Rejects with one message that says how to get it.
 */
export async function ensureProgram(name: ProgramName): Promise<string> {
  const found = findProgram(name);
  if (found !== undefined) return found;
  const failure = await installWithApt(SOURCES[name].debianPackage);
  const installed = findProgram(name);
  if (installed !== undefined) return installed;
  throw new Error(missingMessage(name, failure));
}

function missingMessage(name: ProgramName, failure: string): string {
  const { addressVariable, debianPackage } = SOURCES[name];
  const address = addressVariable === undefined ? '' : `, or set ${addressVariable} to the address of a running server`;
  return `${name} is not installed (${failure}): put it on PATH (Debian: apt-get install ${debianPackage})${address}`;
}

let installing: Promise<unknown> = Promise.resolve();

/** Installs a package and says why it could not; one at a time, since apt holds a lock. */
async function installWithApt(debianPackage: string): Promise<string> {
  if (process.getuid?.() !== 0) return 'not installed automatically: not running as root';
  if (!isExecutable('/usr/bin/apt-get')) return 'not installed automatically: apt-get is missing';
  const attempt = installing.then(() => aptInstall(debianPackage));
  installing = attempt;
  return await attempt;
}

async function aptInstall(debianPackage: string): Promise<string> {
  process.stderr.write(`installing ${debianPackage} with apt-get …\n`);
  // A package that starts its server at once would take the port and outlive us.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const options = { env, timeout: APT_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  const install = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', debianPackage];
  try {
    await run('apt-get', install, options).catch(async () => {
      await run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'update'], options);
      await run('apt-get', install, options);
    });
    return 'apt-get installed its package, but the package does not contain it';
  } catch (error) {
    return `apt-get failed: ${
      String((error as { stderr?: unknown }).stderr ?? error)
        .trim()
        .split('\n')
        .at(-1) ?? ''
    }`;
  }
}

function versionsOf(folder: string): string[] {
  const [before, after] = folder.split('*');
  if (before === undefined || after === undefined) return [folder];
  try {
    return readdirSync(before)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => `${before}${version}${after}`);
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
