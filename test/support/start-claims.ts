import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { ServiceDeclaration } from '#declare';

/** Claims about a service's process that cannot start, for its own test file. */
export function claimsOfAStart(declaration: ServiceDeclaration): void {
  it('names every missing variable at once without an environment, and exits non-zero', () => {
    const { status, stderr, stdout } = start(declaration, {});
    expect(status).toBe(1);
    expect(stdout).toBe('');
    for (const { name } of declaration.env) expect(stderr).toContain(`${name} is not set`);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('refuses a variable that is still unexpanded', () => {
    const { status, stderr } = start(declaration, { DATABASE_URL: 'postgresql://$(DB_USER):x@postgres:5432/video' });
    expect(status).toBe(1);
    expect(stderr).toContain('DATABASE_URL contains $(DB_USER), which was not expanded');
  });
}

function start({ name }: ServiceDeclaration, env: Readonly<Record<string, string>>) {
  return spawnSync(process.execPath, ['--import', 'tsx', `services/${name}/main.ts`], {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
}
