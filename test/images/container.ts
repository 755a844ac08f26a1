/** An image that runs as its pod would: numeric user, root read-only, /tmp writable, its program as process 1; the network is the host's. */
import { mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ManagedProcess } from '#local';
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
  /** The program that runs, as it is right now. */
  program(): RunningProgram;
  /** Sends its program a signal, and fulfils with the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
  remove(): Promise<void>;
}

/** A program inside of a container. */
export interface RunningProgram {
  /** Name of the file that runs. */
  readonly name: string;
  /** The numbers of the user that it is and may become: real, effective, saved, of the file system. */
  readonly uids: readonly number[];
  /** Its number among the processes of the container. */
  readonly pid: number;
}

/**
 * Gives its output a pipe, as container runtimes do: what Node gives is a socket, which a program cannot open as
 * /dev/stdout. The pipe is the user's, for the same reason.
 */
const WITH_PIPES = `
uid=$1; shift
exec > >(exec cat) 2> >(exec cat >&2)
chown "$uid" /proc/self/fd/1 /proc/self/fd/2
exec "$@"
`;
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
  for (const [path] of mounts) mkdirSync(join(root, path), { recursive: true });
  const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  const process_ = new ManagedProcess({
    name: plan.image,
    command: [
      'bash',
      ...['-c', WITH_PIPES, 'bash', String(plan.uid), 'unshare'],
      ...['--mount', '--pid', '--fork', 'sh', '-c', START, 'sh', root, String(plan.uid)],
      ...mounts.flatMap(([path, folder]) => [folder, path]),
      ...['--', ...command],
    ],
    env: { ...Object.fromEntries(config.Env.map((text) => pair(text))), ...plan.env },
  });
  let pid = 0;
  await eventually(() => {
    pid = firstProcess(process_);
  });
  return {
    root,
    process: process_,
    program: () => {
      const { Uid = '', NSpid = '' } = statusOf(pid);
      return {
        name: basename(readlinkSync(`/proc/${pid}/exe`)),
        uids: Uid.split('\t').map(Number),
        pid: Number(NSpid.split('\t').at(-1)),
      };
    },
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

/** Number, outside of it, of the process that is number 1 in the container. */
function firstProcess({ pid, output }: ManagedProcess): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const first = children.find((child) => child > 0 && /\t1$/.test(statusOf(child).NSpid ?? ''));
  if (first === undefined) throw new Error(`the container has no process yet: ${output}`);
  return first;
}

/** Fields of `/proc/<pid>/status`. */
function statusOf(pid: number): Readonly<Record<string, string>> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return Object.fromEntries(lines.map((line) => pair(line, ':')));
}

function pair(text: string, separator = '='): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1).trim()];
}
