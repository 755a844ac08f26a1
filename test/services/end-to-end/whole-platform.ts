/** The whole platform for a test file: all seven services from dist, without the web, with what would make tests slow turned down. */
import { randomBytes } from 'node:crypto';
import { readSettings, startLocalPlatform, type LocalPlatform, type LocalPlatformOptions } from '#local';
import { Member } from '../../../demo/member.ts';

/** Seconds after which buffered views are written, in tests. */
export const FLUSH_S = 1;

const { images, ...settings } = readSettings('deploy/local.json');

/** Starts it with free ports. */
export async function startWholePlatform(options: Partial<LocalPlatformOptions> = {}): Promise<LocalPlatform> {
  return await startLocalPlatform({
    dist: 'dist',
    settings: { ...settings, images: { ...images, web: { command: ['node'], requires: 'no-web-in-these-tests' } } },
    ...options,
    env: {
      auth: { SIGNUP_LIMIT: '1000', LOGIN_LIMIT: '1000', ARGON2_MEMORY_KIB: '8192' },
      media: { DISK_FLOOR_BYTES: '0', PROGRESS_INTERVAL_MS: '50' },
      stats: { FLUSH_S: String(FLUSH_S) },
      '*': { RATE_LIMIT: '100000' },
      ...options.env,
    },
  });
}

/** Somebody new, with an account and logged in. */
export async function newMember(platform: LocalPlatform, displayName: string): Promise<Member> {
  const handle = `${displayName.toLowerCase()}_${randomBytes(4).toString('hex')}`;
  const member = new Member(platform.url, { handle, displayName, password: `correct horse ${handle}` });
  await member.signUp();
  return member;
}
