/** From two commits to the images that differ: lays out their files, bundles both and asks why. */
import { serviceNames } from '../../build-tools/services/service-bundle.ts';
import { serviceRecipe, WEB_RECIPE, type ImageRecipe } from '../images/image-recipes.ts';
import { affectedImages, allAffected, type AffectedImages, type RangeGraphs } from './affected-images.ts';
import { bundleGraphs } from './bundle-graph.ts';
import type { CommitRange } from './commit-range.ts';
import { withCommitTree } from './commit-tree.ts';
import { webGraph } from './web-graph.ts';

/** Images that are affected in a range, and all recipes at its end. */
export interface AffectedRange {
  readonly recipes: readonly ImageRecipe[];
  readonly affected: AffectedImages;
}

/** Finds the images that a range affects. Throws when its end does not bundle: that is not to be deployed. */
export async function affectedRange(range: CommitRange): Promise<AffectedRange> {
  return await withCommitTree(range.head, async (tree) => {
    const recipes = [...serviceNames(`${tree}/services`).map(serviceRecipe), WEB_RECIPE];
    if (range.base === undefined) return { recipes, affected: allAffected(recipes, range.unknown) };
    const entries = [...new Set(recipes.flatMap(({ entry, builder }) => [entry, builder]))].filter(
      (entry) => entry !== undefined,
    );
    const graphs: RangeGraphs = {
      head: await bundleGraphs(tree, entries),
      web: await webGraph(tree),
      base: await withCommitTree(range.base, async (before) => await bundleGraphs(before, entries)).catch(
        () => undefined,
      ),
    };
    return { recipes, affected: affectedImages(recipes, range.changed, graphs) };
  });
}
