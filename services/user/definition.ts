import { user } from '#catalog';
import { userApi } from '#contracts';
import { definePlatformService } from '#services/platform';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { migrations } from './migrations.ts';

/** Wires user: its API, migrations, handlers and consumers. */
export const definition = definePlatformService(user, {
  api: userApi,
  migrations,
  handlers,
  consumers,
});
