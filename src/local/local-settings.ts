import { existsSync, readFileSync } from 'node:fs';
import { imageName } from './workload.ts';

/** The local command that stands for a container image. */
export interface ImageCommand {
  /** Program and arguments; `{image}` stands for the image's name, `{port}` for the local port. */
  readonly command: readonly [string, ...string[]];
  /** File without which the workload is left out, with a notice. @default - always run */
  readonly requires?: string;
  /** Working directory. @default - that of the runner */
  readonly cwd?: string;
  /** Path asked instead of those of the container's probes, for a stand-in that has no such paths. @default - the probes' */
  readonly probePath?: string;
  /** Whether one instance is enough, whatever `--replicas` says. @default false */
  readonly single?: boolean;
}

/** What the runner cannot read from manifests: how images map to this machine. */
export interface LocalSettings {
  /** By image name (the last segment of its repository); `*` stands for all others. */
  readonly images: Readonly<Record<string, ImageCommand>>;
  /** Command that makes what the image commands run, before anything starts. @default - nothing */
  readonly build?: readonly [string, ...string[]];
  /** Command that goes on making it while watching. @default - {@link build}, once */
  readonly buildWatch?: readonly [string, ...string[]];
  /** Command that loads demo data; it is given `PUBLIC_ORIGIN` and the addresses of the servers. @default - none */
  readonly demo?: readonly [string, ...string[]];
  /** Variables that hold the path of a program inside the image, and the program that stands for it. @default {} */
  readonly programs?: Readonly<Record<string, string>>;
}

/** Reads a settings file; throws with the place of what is wrong. */
export function readSettings(file: string): LocalSettings {
  if (!existsSync(file)) throw new Error(`${file}: no such file: set the path with --settings`);
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const { images } = (content ?? {}) as { images?: unknown };
  if (typeof images !== 'object' || images === null) {
    throw new Error(`${file}: "images" is missing: map each image name, or "*", to {"command": ["node", …]}`);
  }
  for (const [name, entry] of Object.entries(images as Record<string, { command?: unknown }>)) {
    const { command } = entry;
    if (!Array.isArray(command) || command.length === 0 || command.some((part) => typeof part !== 'string')) {
      throw new Error(`${file}: images.${name}.command is ${JSON.stringify(command)}: must be a list of strings`);
    }
  }
  return content as LocalSettings;
}

/** The command that stands for an image, its placeholders filled; undefined when the settings name none. */
export function commandFor(settings: LocalSettings, image: string, port: number): ImageCommand | undefined {
  const name = imageName(image);
  const entry = settings.images[name] ?? settings.images['*'];
  if (entry === undefined) return undefined;
  const [program, ...args] = entry.command.map((part) =>
    part.replaceAll('{image}', name).replaceAll('{port}', String(port)),
  );
  const requires = entry.requires?.replaceAll('{image}', name);
  return { ...entry, command: [program ?? '', ...args], ...(requires === undefined ? {} : { requires }) };
}
