import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Whether a file lies beside a kustomization, so that names may be added to it and changed before it is applied. */
export class KustomizeInputs {
  private readonly folders = new Map<string, boolean>();

  holds(path: string | undefined): boolean {
    if (path === undefined) return false;
    const folder = dirname(path);
    const known = this.folders.get(folder) ?? NAMES.some((name) => existsSync(join(folder, name)));
    this.folders.set(folder, known);
    return known;
  }
}
