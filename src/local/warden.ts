/**
 * Leaves nothing behind, even when this process is killed with no chance to clean up: a small shell beside it holds
 * the list of process groups and folders that must not outlive it, and clears them once its standard input closes.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Writable } from 'node:stream';

const SCRIPT = `
groups=""; folders=""
while IFS= read -r line; do
  what="\${line#* }"
  case "$line" in
    'group '*) groups="$groups $what" ;;
    'release '*) kept=""; for g in $groups; do [ "$g" = "$what" ] || kept="$kept $g"; done; groups="$kept" ;;
    'folder '*) folders="$folders
$what" ;;
  esac
done
for g in $groups; do kill -s KILL -- "-$g" 2>/dev/null; done
printf '%s\\n' "$folders" | while IFS= read -r f; do [ -n "$f" ] && rm -rf -- "$f"; done
`;

type Warden = ChildProcessByStdio<Writable, null, null>;

let warden: Warden | undefined;

/** Has a process group killed when this process ends, however it ends. */
export function guardGroup(pid: number): void {
  tell(`group ${String(pid)}`);
}

/** Removes a process group from the list, because it has ended and its number may be reused. */
export function releaseGroup(pid: number): void {
  tell(`release ${String(pid)}`);
}

/** Has a folder removed when this process ends, however it ends. */
export function guardFolder(path: string): void {
  tell(`folder ${path}`);
}

function tell(line: string): void {
  warden ??= startWarden();
  warden.stdin.write(`${line}\n`);
}

function startWarden(): Warden {
  const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  child.stdin.on('error', () => undefined);
  (child.stdin as { unref?: () => void }).unref?.();
  return child;
}
