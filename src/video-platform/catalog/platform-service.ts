import type { ServiceName } from '#contracts';
import { declareService, type EnvVariable, type ServiceDeclaration } from '#declare';
import { platformEnv } from './platform-env.ts';
import { redisKeysOf } from './redis-keys.ts';

type Declared = Omit<Parameters<typeof declareService>[0], 'name' | 'env' | 'route' | 'databaseSchema'>;

/** Declaration of a service, with the number of its file in dist. */
export interface PlatformService<E extends readonly EnvVariable[], Name extends string> extends ServiceDeclaration<
  E,
  Name
> {
  readonly file: number;
}

/**
 * Declares a service of the platform. From its name follow the route `/api/<name>`, the schema and the login at each store, the
 * keys in Redis, and the variables that every service has.
 */
export function platformService<const Name extends ServiceName, const E extends readonly EnvVariable[]>(
  name: Name,
  props: Declared & {
    /** Number of its file in dist, after the stores' (10 and on) and before the edge's (30 and on). It is never changed. */
    readonly file: number;
    /** Variables of this service alone. */
    readonly env: E;
  },
): PlatformService<readonly [...ReturnType<typeof platformEnv>, ...E], Name> {
  const { file, ...declared } = props;
  const declaration = declareService({
    redisKeys: redisKeysOf(name),
    ...declared,
    name,
    route: `/api/${name}`,
    databaseSchema: name,
    env: [...platformEnv(name), ...props.env] as const,
  });
  return { ...declaration, file };
}
