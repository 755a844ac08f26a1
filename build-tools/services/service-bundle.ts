/** Bundles each service into one file, and names what a bundle cannot hold. */
import { context, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { mkdirSync, readdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';

/** Packages with native code: an image installs them beside the bundle. */
const EXTERNAL = ['@node-rs/argon2'];

/** `require` of a bundled CommonJS package, which an ES module lacks. */
const REQUIRE_BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
].join('\n');

/**
 * Of packages, source maps know the file and no line: node reads the map at each start, and nine tenths of it would be theirs.
 * esbuild takes that from a map of the file's own, whose one entry stands for all that follows.
 */
const packagesByFile: Plugin = {
  name: 'packages-by-file',
  setup(build) {
    build.onLoad({ filter: /[/\\]node_modules[/\\].*\.[cm]?js$/ }, ({ path }) => {
      const map = JSON.stringify({ version: 3, sources: [basename(path)], names: [], mappings: 'AAAA' });
      const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
      return { contents: `${readFileSync(path, 'utf8')}\n${comment}` };
    });
  },
};

/**
 * Pino asks node who called it, for transports, which no service has. With source maps on, node parses the whole map for the
 * answer: two fifths of the processor time of a start, and 40 MiB.
 */
const nobodyCallsPino: Plugin = {
  name: 'nobody-calls-pino',
  setup(build) {
    build.onLoad({ filter: /[/\\]pino[/\\]lib[/\\]caller\.js$/ }, () => ({
      contents: 'module.exports = () => undefined;',
    }));
  },
};

const PLUGINS: Plugin[] = [nobodyCallsPino, packagesByFile];

/** Where bundles come from and go to. */
export interface ServiceBundleOptions {
  /** Folder with one folder a service, each with a `main.ts`. @default services */
  readonly source?: string;
  /** Folder of `<name>.mjs` and `externals.json`. @default build/services */
  readonly target?: string;
  /** Called after each build, also with faults. @default - nothing */
  readonly onBuilt?: (faults: readonly string[]) => void;
}

/** What one build gave. */
export interface ServiceBundles {
  /** Names of the services. */
  readonly names: readonly string[];
  /** esbuild's account of what went into which file. */
  readonly metafile: Metafile;
  /** Per service, the packages that must be installed beside its bundle, with their installed versions. */
  readonly externals: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Names of the services that have a `main.ts`, sorted. */
export function serviceNames(source = 'services'): string[] {
  return readdirSync(source)
    .filter((name) => existsSync(join(source, name, 'main.ts')))
    .sort();
}

/** Builds all services once. */
export async function bundleServices(options: ServiceBundleOptions = {}): Promise<ServiceBundles> {
  const building = await context(buildOptions(options));
  try {
    const { metafile } = await building.rebuild();
    return recordExternals(metafile, options);
  } finally {
    await building.dispose();
  }
}

/** Builds all services now and after each change, until the returned function is called. */
export async function watchServices(options: ServiceBundleOptions = {}): Promise<() => Promise<void>> {
  const reporter: Plugin = {
    name: 'report',
    setup(build) {
      build.onEnd(({ metafile, errors }) => {
        if (metafile !== undefined && errors.length === 0) recordExternals(metafile, options);
        options.onBuilt?.(errors.map(({ text, location }) => `${location?.file ?? 'build'}: ${text}`));
      });
    },
  };
  const building = await context({ ...buildOptions(options), plugins: [...PLUGINS, reporter] });
  await building.watch();
  return async () => await building.dispose();
}

/** Files of cdk8s or constructs inside a bundle, each as `bundle: file`; a right bundle has none. */
export function synthesisInputs(metafile: Metafile): string[] {
  const synthesis = /(^|\/)node_modules\/(cdk8s|cdk8s-plus-\d+|constructs)\/|(^|\/)src\/(constructs|cli)\//;
  return Object.entries(metafile.outputs).flatMap(([bundle, { inputs }]) =>
    Object.keys(inputs)
      .filter((input) => synthesis.test(input))
      .map((input) => `${bundle}: ${input}`),
  );
}

function buildOptions(options: ServiceBundleOptions): BuildOptions & { metafile: true } {
  const source = options.source ?? 'services';
  return {
    entryPoints: serviceNames(source).map((name) => ({ in: join(source, name, 'main.ts'), out: name })),
    outdir: targetOf(options),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    sourcemap: true,
    // node reads all of it at each start: without blanks and comments that takes a seventh less, and names stay as they are
    minifySyntax: true,
    minifyWhitespace: true,
    // an error that nobody catches shows the line where it was thrown
    lineLimit: 120,
    // names and lines are enough for a stack; the text would stay in each service's memory
    sourcesContent: false,
    metafile: true,
    external: [...EXTERNAL, 'pg-native'],
    banner: { js: REQUIRE_BANNER },
    plugins: PLUGINS,
    logLevel: 'warning',
  };
}

/** Writes `externals.json` and gives what it says. */
function recordExternals(metafile: Metafile, options: ServiceBundleOptions): ServiceBundles {
  const externals = Object.fromEntries(
    bundles(metafile).map(([file, { imports }]) => [
      basename(file, '.mjs'),
      versionsOf(imports.filter((one) => one.external === true).map(({ path }) => path)),
    ]),
  );
  mkdirSync(targetOf(options), { recursive: true });
  writeFileSync(join(targetOf(options), 'externals.json'), `${JSON.stringify(externals, undefined, 2)}\n`);
  return { names: Object.keys(externals), metafile, externals };
}

function bundles(metafile: Metafile): [string, Metafile['outputs'][string]][] {
  return Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.mjs'));
}

function versionsOf(imports: readonly string[]): Record<string, string> {
  const packages = imports.filter((path) => EXTERNAL.some((name) => path === name || path.startsWith(`${name}/`)));
  const unknown = imports.filter(
    (path) =>
      !packages.includes(path) && path !== 'pg-native' && !path.startsWith('node:') && !builtinModules.includes(path),
  );
  if (unknown.length > 0) throw new Error(`a bundle imports ${unknown.join(', ')}, which no image installs`);
  return Object.fromEntries([...new Set(packages)].sort().map((name) => [name, installedVersion(name)]));
}

function installedVersion(name: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}

function targetOf({ target }: ServiceBundleOptions): string {
  return target ?? join('build', 'services');
}
