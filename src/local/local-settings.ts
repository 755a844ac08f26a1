import { existsSync } from 'node:fs';
import { jsonOf } from './json-file.ts';
import type { Container } from './manifests.ts';
import { imageName, isStoreImage, type Workload } from './workload.ts';

/** The local command that stands for a container image. */
export interface ImageCommand {
  /** Program and arguments; `{image}` stands for the image's name, `{port}` for the local port. */
  readonly command: readonly [string, ...string[]];
  /**
   * Command that makes what {@link command} runs, before anything starts; `{image}` stands for the same.
   * @default - nothing but the settings' own build
   */
  readonly build?: readonly [string, ...string[]];
  /** What `--watch` runs instead, without {@link build}: a server that builds by itself. @default - as without `--watch` */
  readonly watchCommand?: readonly [string, ...string[]];
  /** File without which the workload is left out, with a notice. @default - always run */
  readonly requires?: string;
  /** Working directory. @default - that of the runner */
  readonly cwd?: string;
  /** Path asked instead of those of the container's probes, for a stand-in that has no such paths. @default - the probes' */
  readonly probePath?: string;
  /** Whether one instance is enough, whatever `--replicas` says. @default false */
  readonly single?: boolean;
}

/** Program and arguments. */
type Command = readonly [string, ...string[]];
/** What of a workload says which command stands for it. */
type LocalPod = Pick<Workload, 'app' | 'containers'>;

/** What the runner cannot read from manifests: how images map to this machine. */
export interface LocalSettings {
  /**
   * By image name (the last segment of its repository), or by the label `app` of a workload, such as a job that runs
   * another command of an image; `*` stands for all others but the images of the stores, whose jobs, such as a backup,
   * run only where an entry names them.
   */
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
  const content = jsonOf(file, 'correct it');
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

/** The settings for `--watch`: images with a `watchCommand` run it, and are not built. */
export function watchSettings({ images, ...settings }: LocalSettings): LocalSettings {
  const watched = Object.entries(images).map(([name, image]): [string, ImageCommand] => {
    const { build: _build, watchCommand, ...rest } = image;
    return [name, watchCommand === undefined ? image : { ...rest, command: watchCommand }];
  });
  return { ...settings, images: Object.fromEntries(watched) };
}

/** Commands that make what runs, each once: the settings' own, and those of workloads whose required file exists. */
export function buildCommands(settings: LocalSettings, workloads: readonly LocalPod[]): readonly Command[] {
  const builds = workloads.map((workload) => {
    const { build, requires } = placeOf(settings, workload)?.command ?? {};
    return requires === undefined || existsSync(requires) ? build : undefined;
  });
  const commands = [settings.build, ...builds].filter((command) => command !== undefined);
  return [...new Map(commands.map((command) => [JSON.stringify(command), command])).values()];
}

/** The container of a workload that runs here: the first that the settings have a command for. */
export function placeOf(
  settings: LocalSettings,
  { app, containers }: LocalPod,
): { readonly container: Container; readonly command: ImageCommand } | undefined {
  for (const container of containers) {
    const command = commandFor(settings, { image: container.image, app, port: 0 });
    if (command !== undefined) return { container, command };
  }
  return undefined;
}

/** The command that stands for an image of a workload, its placeholders filled; undefined when the settings name none. */
export function commandFor(
  settings: LocalSettings,
  { image, app, port }: { readonly image: string; readonly app: string; readonly port: number },
): ImageCommand | undefined {
  const name = imageName(image);
  const entry =
    settings.images[app] ?? settings.images[name] ?? (isStoreImage(name) ? undefined : settings.images['*']);
  if (entry === undefined) return undefined;
  const { command, build, requires } = entry;
  const fill = (part: string): string => part.replaceAll('{image}', name).replaceAll('{port}', String(port));
  return {
    ...entry,
    command: filled(command, fill),
    ...(build === undefined ? {} : { build: filled(build, fill) }),
    ...(requires === undefined ? {} : { requires: fill(requires) }),
  };
}

function filled([program, ...args]: Command, fill: (part: string) => string): Command {
  return [fill(program), ...args.map(fill)];
}
