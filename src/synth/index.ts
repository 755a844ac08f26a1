/** Synthesis of any cdk8s app in time that grows with its charts and objects, and no faster. */
export { renderedJson } from './plain-object.ts';
export type { RenderedApp } from './rendered-app.ts';
export { renderApps, synthOnce } from './synth-once.ts';
export { yamlText } from './yaml-document.ts';
