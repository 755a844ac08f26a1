/** What the props of a maker or construct may hold: kinds of values, and shapes of what is inside them. */
export * from './kind-shapes.ts';
export * from './nested-shapes.ts';
