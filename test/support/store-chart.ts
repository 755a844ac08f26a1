import { App, Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { DeclarationError } from '#declare';

/** A manifest, to be read by path. */
export interface StoreManifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Record<string, string>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read a manifest by path and compare parts as a whole
  readonly spec: any;
}

/** Builds a construct in a chart of the namespace `shop` and gives its manifests. */
export function synthStore<C extends Construct>(build: (chart: Chart) => C) {
  const chart = new Chart(new App(), 'infrastructure', { namespace: 'shop', disableResourceNameHashes: true });
  const construct = build(chart);
  const manifests = Testing.synth(chart) as StoreManifest[];
  const get = (kind: string, name: string): StoreManifest => {
    const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
    if (found === undefined) throw new Error(`no ${kind} ${name} among ${manifests.map((one) => one.kind).join(', ')}`);
    return found;
  };
  return { construct, manifests, get };
}

/** The faults that a build throws, one line each: rule, place and message. */
export function faultsOf(build: () => unknown): string[] {
  try {
    build();
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error;
    return error.faults.map(({ rule, place, message }) => `${rule} ${place}: ${message}`);
  }
  return [];
}
