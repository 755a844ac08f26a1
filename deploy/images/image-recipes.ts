/** The images that this repository builds: one a service, and the web's. */

/** How one image is made. */
export interface ImageRecipe {
  /** Name of the service, or `web`. */
  readonly image: string;
  /** Folder of the Dockerfile, and of the files that it copies besides what is built. */
  readonly folder: string;
  /** Module that the bundle in the image begins with; undefined for the web, which Vite builds from its own configuration. */
  readonly entry: string | undefined;
  /** Module that a build stage runs to make what the image holds; undefined where a tool of the registry does it alone. */
  readonly builder: string | undefined;
}

/** Name of the web's image. */
export const WEB_IMAGE = 'web';

/** Files at the root that decide what every image installs, or what its build may see. */
export const ROOT_FILES = ['package-lock.json', '.npmrc', '.dockerignore'] as const;

/** The recipe of a service's image. */
export function serviceRecipe(service: string): ImageRecipe {
  return {
    image: service,
    folder: 'deploy/images/service',
    entry: `services/${service}/main.ts`,
    builder: 'build-tools/services/build-services.ts',
  };
}

/** The recipe of the web's image. */
export const WEB_RECIPE: ImageRecipe = {
  image: WEB_IMAGE,
  folder: 'deploy/images/web',
  entry: undefined,
  builder: undefined,
};
