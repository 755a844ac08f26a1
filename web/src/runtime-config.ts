/** What `/config.js` may say; all of it is public. */
export interface RuntimeConfig {
  /** Name of the platform, in the top bar and in titles. */
  readonly name: string;
}

declare global {
  interface Window {
    readonly __CONFIG__?: Readonly<Record<string, unknown>>;
  }
}

const DEFAULTS: RuntimeConfig = { name: 'Reel' };

/** Settings of this deployment: those of `/config.js`, defaults for what it leaves out or says in another type. */
export const runtimeConfig: RuntimeConfig = readRuntimeConfig(globalThis.window?.__CONFIG__);

/** Takes from outside values what has the right type. */
export function readRuntimeConfig(given: Readonly<Record<string, unknown>> | undefined): RuntimeConfig {
  const name = given?.['name'];
  return { name: typeof name === 'string' && name !== '' ? name : DEFAULTS.name };
}
