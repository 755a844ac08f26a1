/** Props with their defaults; a prop that is given as undefined counts as left out. */
export function withDefaults<P extends object, D extends object>(
  props: P,
  defaults: D,
): Omit<P, keyof D> & Merged<P, D> {
  const given = Object.entries(props).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as Omit<P, keyof D> & Merged<P, D>;
}

type Merged<P, D> = { readonly [K in keyof D]: K extends keyof P ? Exclude<P[K], undefined> : D[K] };
