/** An image that runs as its pod would: numeric user, root read-only, /tmp writable, its program as process 1; the network is the host's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManagedProcess } from '#local-runner';
import { eventually } from '../support/eventually.ts';
import { buildah } from './buildah.ts';

/** What a pod gives its container. */
export interface ContainerPlan {
  readonly image: string;
  readonly uid: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of this machine that are mounted, by the path in the container. @default {} */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** A container that runs. */
export interface RunningContainer {
  /** Folder of the image's files. */
  readonly root: string;
  readonly process: ManagedProcess;
  /** Fields of `/proc/<pid>/status` of its program. */
  status(): Readonly<Record<string, string>>;
  /** Sends its program a signal, and fulfils with the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
  remove(): Promise<void>;
}

/** In namespaces of its own: mounts what the pod mounts, closes the root, becomes the program. */
const START = `
set -eu
root=$1 uid=$2; shift 2
mount --bind "$root" "$root"
while [ "$1" != -- ]; do mount --bind "$1" "$root$2"; shift 2; done
shift
mount -o remount,ro,bind "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot --userspec="$uid:$uid" "$root" "$@"
`;

/** Starts the image's own entry point. */
export async function startContainer(plan: ContainerPlan): Promise<RunningContainer> {
  const config = await imageConfig(plan.image);
  const container = await buildah('from', plan.image);
  const root = await buildah('mount', container);
  const mounts = Object.entries(plan.mounts ?? {});
  for (const [path] of mounts) await buildah('run', container, '--', 'mkdir', '-p', path);
  const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  const process_ = new ManagedProcess({
    name: plan.image,
    command: [
      'unshare',
      ...['--mount', '--pid', '--fork', 'sh', '-c', START, 'sh', root, String(plan.uid)],
      ...mounts.flatMap(([path, folder]) => [folder, path]),
      ...['--', ...command],
    ],
    env: { ...Object.fromEntries(config.Env.map((text) => pair(text))), ...plan.env },
  });
  const program = async (): Promise<number> => {
    let found = 0;
    await eventually(() => {
      found = childOf(process_.pid);
    });
    return found;
  };
  const pid = await program();
  return {
    root,
    process: process_,
    status: () =>
      Object.fromEntries(
        readFileSync(`/proc/${pid}/status`, 'utf8')
          .split('\n')
          .map((line) => pair(line, ':')),
      ),
    async stop(signal) {
      process.kill(pid, signal);
      return (await process_.ended).code;
    },
    async remove() {
      if (process_.running) process.kill(pid, 'SIGKILL');
      await process_.ended;
      await buildah('umount', container);
      await buildah('rm', container);
    },
  };
}

/** What the image says of how it is run. */
export async function imageConfig(image: string): Promise<ImageConfig> {
  const { OCIv1 } = JSON.parse(await buildah('inspect', '--type', 'image', image)) as {
    readonly OCIv1: { readonly config: ImageConfig };
  };
  return OCIv1.config;
}

/** The part of an image's configuration that is asked for here. */
export interface ImageConfig {
  readonly User?: string;
  readonly Env: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
}

function childOf(pid: number | undefined): number {
  const [child] = readFileSync(join('/proc', String(pid), 'task', String(pid), 'children'), 'utf8').split(' ');
  if (child === undefined || child === '') throw new Error('the container has no process yet');
  return Number(child);
}

function pair(text: string, separator = '='): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1).trim()];
}
