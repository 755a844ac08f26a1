/** Thrown when a source cannot be read as YAML: place, what is wrong, and the way out where there is one. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/** An error of the file system in words. */
export function unreadableFile(name: string, error: unknown): UnreadableError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const text = error instanceof Error ? error.message : String(error);
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'does not exist (any more)',
    EACCES: 'may not be read by this user',
    EISDIR: 'is a folder',
    ENOTDIR: 'is below something that is not a folder',
    ELOOP: 'is a link that leads to itself',
    ENAMETOOLONG: 'has a name that is too long',
  };
  return new UnreadableError(`${name}: ${reasons[code ?? ''] ?? text}`, { cause: error });
}
