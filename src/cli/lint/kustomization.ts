import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Names that kustomize takes for the file of a kustomization. */
export const KUSTOMIZATION_FILES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Folders above a file that are looked into. */
const LEVELS = 4;

/** Whether a file lies beside or below a kustomization, so that names may be added to it and changed before it is applied. */
export class KustomizeInputs {
  private readonly folders = new Map<string, boolean>();

  holds(path: string | undefined): boolean {
    return path !== undefined && this.isBelow(dirname(path), LEVELS);
  }

  private isBelow(folder: string, levels: number): boolean {
    const known = this.folders.get(folder) ?? KUSTOMIZATION_FILES.some((name) => existsSync(join(folder, name)));
    this.folders.set(folder, known);
    return known || (levels > 1 && dirname(folder) !== folder && this.isBelow(dirname(folder), levels - 1));
  }
}
