import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../terminal/arguments.ts';

/** What a project is made from. */
export interface ProjectPlan {
  /** Name of the project, its package and its namespace. */
  readonly name: string;
  /** The example that becomes the project. */
  readonly template: 'shop' | 'minimal';
  /** Folder of the examples. */
  readonly examples: URL;
  /** What package.json says of this library: a version, or another place. */
  readonly library: string;
}

/** Files of `shop` that every project has. */
const COMMON = ['_gitignore', '_tsconfig.json', '.dockerignore', 'Dockerfile', 'build.js', 'cdk8s.yaml', 'local.json'];
/**
 * Files that have their real name only in a project: npm packs no `.gitignore`, and a `package.json` or `tsconfig.json`
 * would separate an example from the package that it is in.
 */
const REAL_NAMES: Readonly<Record<string, string>> = {
  _gitignore: '.gitignore',
  '_package.json': 'package.json',
  '_tsconfig.json': 'tsconfig.json',
};
const NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

/**
 * The files of a new project by path: those of an example, with the name of the project in place of the example's. Throws a
 * `UsageError` for a name that cannot be a namespace, or is that of a package that the project installs.
 */
export function newProject({ name, template, examples, library }: ProjectPlan): ReadonlyMap<string, string> {
  if (!NAME.test(name)) {
    throw new UsageError(
      `the name of the project is ${JSON.stringify(name)}, must be 1 to 40 lowercase letters, digits and dashes, the first one a letter, the last one not a dash: set it with --name`,
    );
  }
  const common = template === 'shop' ? [] : COMMON;
  const paths = [
    ...common.map((path) => ({ path, example: 'shop' })),
    ...filesBelow(new URL(`${template}/`, examples)).map((path) => ({ path, example: template })),
  ];
  const files = paths.map(({ path, example }): [string, string] => {
    const text = readFileSync(new URL(`${example}/${path}`, examples), 'utf8');
    return [REAL_NAMES[path] ?? path, text.replaceAll(new RegExp(`\\b${example}\\b`, 'g'), name)];
  });
  const project = new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
  project.set('package.json', withLibrary(project.get('package.json') ?? '', name, library));
  return project;
}

function filesBelow(folder: URL): string[] {
  const top = fileURLToPath(folder);
  const entries = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => relative(top, join(parentPath, name)));
}

function withLibrary(text: string, name: string, library: string): string {
  const { dependencies, ...description } = JSON.parse(text) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  if (Object.hasOwn({ ...dependencies, ...description.devDependencies }, name)) {
    throw new UsageError(`the name of the project is ${name}, a package that it installs: set another with --name`);
  }
  return text.replace(/("cdk8s-nats": )"[^"]*"/, (_, key: string) => `${key}${JSON.stringify(library)}`);
}
