import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '#catalog';
import { faultsOf, filesOf, type ServiceFiles } from './floor-plan.ts';

const README = readFileSync('services/README.md', 'utf8');

/** Folders of a service that the table of services/README.md gives a reason for. */
function featuresOf(service: string): string[] {
  return [...README.matchAll(/^\| `(\w+)\/([\w-]+)` /gm)].flatMap(([, name, folder = '']) =>
    name === service ? [folder] : [],
  );
}

/** The files of a service after one was renamed. */
function renamed(files: ServiceFiles, from: string, to: string): ServiceFiles {
  expect([...files.keys()]).toContain(from);
  return new Map([...files].map(([path, text]) => [path === from ? to : path, text]));
}

describe('the floor plan of the services', () => {
  it.each(SERVICES.map(({ name }) => name))('is that of %s', (name) => {
    expect(faultsOf(filesOf(`services/${name}`), featuresOf(name))).toEqual([]);
  });

  it('has a folder for each service, and no other', () => {
    const folders = readdirSync('services', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(SERVICES.map(({ name }) => name).sort());
  });

  it.each(SERVICES)('has consumers.ts in $name if it consumes', ({ name, consumes }) => {
    expect(filesOf(`services/${name}`).has('consumers.ts')).toBe(consumes.length > 0);
  });

  it.each(['main.ts', 'definition.ts', 'service.ts', 'handlers.ts', 'consumers.ts', 'tables.ts', 'migrations.ts'])(
    'finds a renamed %s',
    (file) => {
      const faults = faultsOf(renamed(filesOf('services/user'), file, `user-${file}`), featuresOf('user'));
      expect(faults).toContain(`user-${file} is no file of the plan`);
    },
  );

  it('finds a use case that is not named as its file', () => {
    const files = renamed(filesOf('services/user'), 'use-cases/follow-user.ts', 'use-cases/add-follow.ts');
    expect(faultsOf(files, [])).toEqual(['use-cases/add-follow.ts exports followUser, must be addFollow alone']);
  });

  it('finds a folder that has no reason', () => {
    const files = renamed(filesOf('services/user'), 'views/profile.ts', 'presentation/profile.ts');
    expect(faultsOf(files, [])).toEqual([
      'presentation/profile.ts: services/README.md gives no reason for the folder presentation',
    ]);
  });
});
