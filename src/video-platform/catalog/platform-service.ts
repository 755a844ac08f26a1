import type { ServiceName } from '#contracts';
import { declareService, type EnvVariable, type ServiceDeclaration } from '#declare';
import { platformEnv } from './platform-env.ts';
import { redisKeysOf } from './redis-keys.ts';

type Declared = Omit<Parameters<typeof declareService>[0], 'name' | 'env' | 'route' | 'databaseSchema'>;

/**
 * Declares a service of the platform. From its name follow the route `/api/<name>`, the schema and the login at each store, the
 * keys in Redis, and the variables that every service has.
 */
export function platformService<const Name extends ServiceName, const E extends readonly EnvVariable[]>(
  name: Name,
  props: Declared & {
    /** Variables of this service alone. */
    readonly env: E;
  },
): ServiceDeclaration<readonly [...ReturnType<typeof platformEnv>, ...E], Name> {
  return declareService({
    redisKeys: redisKeysOf(name),
    ...props,
    name,
    route: `/api/${name}`,
    databaseSchema: name,
    env: [...platformEnv(name), ...props.env] as const,
  });
}
