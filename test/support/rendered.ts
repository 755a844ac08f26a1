import { Chart, Testing } from 'cdk8s';
import { manifestSet } from '../../src/manifests/manifest-set.ts';
import type { Cursor } from '../../src/manifests/cursor.ts';

/** Builds one chart in the namespace `shop`, synthesizes it with its validations, and gives a look into its objects. */
export function rendered(build: (chart: Chart) => void): {
  readonly count: number;
  object(kindAndName: string): Cursor;
} {
  const chart = new Chart(Testing.app(), 'test', { namespace: 'shop', disableResourceNameHashes: true });
  build(chart);
  return look(Testing.synth(chart) as unknown[]);
}

/** A look into rendered objects by `Kind/name`. */
export function look(manifests: readonly unknown[]): { readonly count: number; object(kindAndName: string): Cursor } {
  const set = manifestSet(manifests.map((manifest) => ({ path: '', manifest })));
  return {
    count: set.objects.length,
    object(kindAndName) {
      const found = set.objects.find((it) => `${it.kind}/${it.name}` === kindAndName);
      if (found === undefined) {
        const there = set.objects.map((it) => `${it.kind}/${it.name}`).join(', ');
        throw new Error(`no ${kindAndName} among ${there}`);
      }
      return found.root;
    },
  };
}
