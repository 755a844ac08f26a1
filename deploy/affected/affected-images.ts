/** Which images a range of commits changes, each with the reasons; what imports what is asked of the bundlers. */
import { ROOT_FILES, type ImageRecipe } from '../images/image-recipes.ts';
import type { BundleGraph } from './bundle-graph.ts';
import type { WebGraph } from './web-graph.ts';

/** Why an image is rebuilt. */
export interface Reason {
  /** The changed file; undefined where no single file can be named. */
  readonly file: string | undefined;
  readonly why: string;
}

/** Bundles by entry, at both ends of the range; `base` is undefined where those files do not bundle. */
export interface RangeGraphs {
  readonly base: ReadonlyMap<string, BundleGraph> | undefined;
  readonly head: ReadonlyMap<string, BundleGraph>;
  readonly web: WebGraph;
}

/** Reasons by image; an image without reasons is not rebuilt. */
export type AffectedImages = ReadonlyMap<string, readonly Reason[]>;

/** Every image, for one reason. */
export function allAffected(recipes: readonly ImageRecipe[], why: string): AffectedImages {
  return new Map(recipes.map(({ image }) => [image, [{ file: undefined, why }]]));
}

/** The images that the changed files affect. */
export function affectedImages(
  recipes: readonly ImageRecipe[],
  changed: readonly string[],
  graphs: RangeGraphs,
): AffectedImages {
  return new Map(
    recipes.map((recipe) => [
      recipe.image,
      [
        ...rootReasons(changed),
        ...recipeReasons(recipe, changed),
        ...[recipe.builder, recipe.entry].flatMap((entry) =>
          entry === undefined ? [] : bundleReasons(entry, changed, graphs),
        ),
        ...(recipe.entry === undefined ? webReasons(changed, graphs.web) : []),
      ],
    ]),
  );
}

function rootReasons(changed: readonly string[]): Reason[] {
  return ROOT_FILES.filter((file) => changed.includes(file)).map((file) => ({
    file,
    why: 'affects what every image installs or what its build sees',
  }));
}

function recipeReasons({ folder }: ImageRecipe, changed: readonly string[]): Reason[] {
  return changed
    .filter((file) => file.startsWith(`${folder}/`))
    .map((file) => ({ file, why: 'is part of the image build' }));
}

/** A file counts when its code is in the bundle before or after; a module that only passes names on shows in the text. */
function bundleReasons(entry: string, changed: readonly string[], { base, head }: RangeGraphs): Reason[] {
  const after = head.get(entry);
  const before = base?.get(entry);
  if (after === undefined) return [];
  if (base === undefined)
    return [{ file: undefined, why: 'the base commit does not bundle, so nothing can be compared' }];
  if (before === undefined) return [{ file: entry, why: 'is new' }];
  const reasons = changed.flatMap((file) => {
    if (after.files.has(file)) return [{ file, why: way(after.chainTo(file)) }];
    return before.files.has(file) ? [{ file, why: `was imported: ${before.chainTo(file).join(' → ')}` }] : [];
  });
  if (reasons.length > 0 || before.text === after.text) return reasons;
  const passedOn = changed.filter((file) => after.chainTo(file).length > 0);
  return [{ file: passedOn[0] ?? 'package.json', why: 'changes the imports, and so the bundle' }];
}

function webReasons(changed: readonly string[], web: WebGraph): Reason[] {
  return changed.flatMap((file) => {
    if (web.files.has(file)) return [{ file, why: 'is in the page' }];
    if (file.startsWith(`${web.publicFolder}/`)) return [{ file, why: 'is copied into the page' }];
    return [];
  });
}

function way(chain: readonly string[]): string {
  return chain.length === 1 ? 'is its entry point' : `is imported: ${chain.join(' → ')}`;
}
